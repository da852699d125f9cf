import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { heartbeats as gatherHeartbeats } from '../domain/host/heartbeats.ts'
import type { PrincipalOf } from '../domain/identity/principal.ts'
import { hearAgent } from '../domain/registry/heartbeat.ts'
import { register } from '../domain/registry/register.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { givenOrg, givenTask, givenWorkspace, taskNow } from '../testing/given.ts'
import { memoryBackend } from '../testing/memory-backend.ts'
import { testDb } from '../testing/test-db.ts'
import { taskSweeper } from './task-sweeper.ts'
import { workspaceController } from './workspace-controller.ts'

const quiet = { info() {}, warn() {}, error() {} }
const never = new AbortController().signal
const STALE_MS = 90_000
const DAY_MS = 24 * 60 * 60 * 1000

/** An external workspace, its agent, and a controller whose rounds follow each other a second apart. */
async function given({ enabled = ['process'] }: { enabled?: string[] } = {}) {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const backend = memoryBackend()
  const heartbeats = gatherHeartbeats(db)
  const make = () =>
    workspaceController({
      db,
      log: quiet,
      backends: new Map([['process', backend]]),
      enabled,
      installId: 'install',
      nodeId: 'node',
      url: () => 'http://127.0.0.1:1',
      isDraining: () => false,
      remoteStaleMs: STALE_MS,
      provisionConcurrency: Number.POSITIVE_INFINITY,
    })
  let controller = make()
  const { id } = await givenWorkspace(db, org, { external: true, runtime_config: {} })
  const agent: PrincipalOf<'workspace'> = {
    kind: 'workspace',
    orgId: org.orgId,
    workspaceId: id,
    credentialId: 'x',
    incarnation: null,
  }
  return {
    clock,
    db,
    org,
    backend,
    id,
    register: () => register({ db, heartbeats }, agent, { id }),
    async beat() {
      await hearAgent({ db, heartbeats }, agent, { workspace_id: id })
      await heartbeats.flush()
    },
    async seconds(count: number) {
      for (let n = 0; n < count; n++) {
        await clock.advance(1000)
        await controller.round(never)
        await controller.end?.()
      }
    },
    restartServer() {
      controller = make()
    },
    row: () => workspaceById(db, id as WorkspaceId),
  }
}

test.each([
  ['a backend', ['process']],
  ['no backend', []],
])('with %s enabled nothing is ever begun for an agent that runs elsewhere', async (_, enabled) => {
  const world = await given({ enabled })

  await world.seconds(3)
  await world.register()
  await world.seconds(3)

  expect(world.backend.started(world.id)).toEqual([])
  expect(await world.row()).toMatchObject({
    status: 'online',
    incarnation: 0,
    backend: 'external',
    observedGeneration: 1,
  })
})

test('CM-92: an agent that stops reporting is waited for, each time anew', async () => {
  const world = await given()
  const { id } = await givenTask(world.db, world.org, world.id)
  await world.register()
  await world.seconds(90)
  expect(await world.row()).toMatchObject({ status: 'online' })

  await world.seconds(1)

  expect(await world.row()).toMatchObject({
    status: 'awaiting_agent',
    failureReason: { code: 'no_heartbeat', detail: expect.stringContaining('91 s') },
  })
  await world.beat()
  expect(await world.row()).toMatchObject({ status: 'online', failureReason: null })
  await world.seconds(60)
  await world.beat()
  await world.seconds(60)
  expect(await world.row()).toMatchObject({ status: 'online' })
  await world.seconds(31)
  expect(await world.row()).toMatchObject({ status: 'awaiting_agent' })
  expect(await taskNow(world.db, id)).toMatchObject({ status: 'queued' })
})

test('LC-13: a server that was away holds the silence of that time against nobody', async () => {
  const world = await given()
  await world.seconds(10)
  await world.register()
  await world.clock.advance(DAY_MS)

  world.restartServer()
  await world.seconds(90)
  const inGrace = (await world.row())?.status
  await world.seconds(2)

  expect([inGrace, (await world.row())?.status]).toEqual(['online', 'awaiting_agent'])
})

test('a gap in the rounds counts as one’s own silence', async () => {
  const world = await given()
  await world.seconds(100)
  await world.register()
  await world.clock.advance(10 * STALE_MS)

  await world.seconds(1)

  expect(await world.row()).toMatchObject({ status: 'online' })
})

test('a change takes effect without a start', async () => {
  const world = await given()
  await patchWorkspace(world.db, world.org.admin, world.id, { max_concurrent_tasks: 3 })

  await world.seconds(1)

  expect(await world.row()).toMatchObject({
    status: 'awaiting_agent',
    generation: 2,
    observedGeneration: 2,
  })
})

test('LC-16: one that people stopped and want again waits for its agent, and is not started', async () => {
  const world = await given()
  await transact(world.db, (tx) =>
    tx
      .updateTable('workspaces')
      .set({ status: 'paused', generation: 2, restartGeneration: 2 } as object)
      .where('id', '=', world.id)
      .execute(),
  )

  await world.seconds(2)

  expect(await world.row()).toMatchObject({
    status: 'awaiting_agent',
    incarnation: 0,
    observedGeneration: 2,
    failureReason: null,
  })
  expect(world.backend.started(world.id)).toEqual([])
})

test('one that is to go is gone at the next look: there is nothing to stop', async () => {
  const world = await given()
  await world.register()
  await removeWorkspace(world.db, world.org.admin, world.id, { confirm: false })

  await world.seconds(1)

  expect(await world.row()).toMatchObject({ status: 'removed' })
})

test('a person’s message waits for the agent for as long as it takes, a delegation for its deadline', async () => {
  const world = await given()
  const { db, org, clock } = world
  const { id: callerId } = await givenWorkspace(db, org)
  const asked = await givenTask(db, org, world.id)
  const delegated = await givenTask(db, org, world.id, {
    caller: { kind: 'workspace', id: callerId },
  })
  const sweeper = taskSweeper({ db, log: quiet, everyMs: 1000, stuckAfterMs: 5000 })

  await clock.advance(30 * DAY_MS)
  await sweeper.round(never)

  expect(await taskNow(db, asked.id)).toMatchObject({ status: 'queued' })
  expect(await taskNow(db, delegated.id)).toMatchObject({
    status: 'failed',
    error: { code: 'deadline_exceeded' },
  })
})
