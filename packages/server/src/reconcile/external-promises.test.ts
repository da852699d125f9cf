import process from 'node:process'
import { afterAll, expect, test } from 'vitest'
import { openResources } from '../domain/resource/resource-store.ts'
import { pauseWorkspace, resumeWorkspace } from '../domain/workspace/workspace-pause.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { createWorkspace, restartWorkspace } from '../domain/workspace/workspace-service.ts'
import { givenController, rowOf } from '../testing/given-controller.ts'
import { memoryBackend } from '../testing/memory-backend.ts'

/** Every call of a backend that is about one workload, by its name. */
function watched() {
  const backend = memoryBackend()
  const calls: string[] = []
  const asked = new Proxy(backend, {
    get(target, name, receiver) {
      if (['start', 'stop', 'inspect', 'purge', 'logs'].includes(String(name)))
        calls.push(String(name))
      return Reflect.get(target, name, receiver)
    },
  })
  return { backend: asked, calls }
}

test('external as a backend: start and stop do nothing, whatever is wished, and nothing of it is on record', async () => {
  const { backend, calls } = watched()
  const world = await givenController({ backend })
  const { db, org } = world
  const workspace = await createWorkspace(db, org.admin, { name: 'elsewhere', external: true })
  const statuses: string[] = []
  const settle = async () => {
    await world.rounds(2)
    statuses.push((await rowOf(world, workspace.id)).status)
  }

  await settle()
  await restartWorkspace(db, org.admin, workspace.id)
  await settle()
  await pauseWorkspace(db, org.admin, workspace.id)
  await settle()
  await resumeWorkspace(db, org.admin, workspace.id)
  await settle()
  await removeWorkspace(db, org.admin, workspace.id, { confirm: true, purge: true })
  await settle()

  expect(statuses).toEqual([
    'awaiting_agent',
    'awaiting_agent',
    'paused',
    'awaiting_agent',
    'removed',
  ])
  expect(calls).toEqual([])
  expect(await openResources(db, workspace.id)).toEqual([])
})

afterAll(() => {
  const name = 'external'.padEnd(20)
  process.stdout.write(`every backend promise | ${name} | held: nothing of it is ours to start\n`)
})
