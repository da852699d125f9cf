import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { enrolHost } from '../domain/host/arrive.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { givenWorkspace } from '../testing/given.ts'
import { givenController, reportIn, rowOf, type World } from '../testing/given-controller.ts'
import { memoryBackend } from '../testing/memory-backend.ts'

const enrol = (world: World, workspaceId: WorkspaceId) =>
  enrolHost(
    world.db,
    { kind: 'boot', orgId: world.org.orgId, workspaceId, incarnation: 1, credentialId: 'x' },
    { incarnation: 1, pid: 1, version: 'test', journal: [] },
  )

/** What watchers were told of the phases of a start. */
const phasesTold = async ({ db }: World) => {
  const events = await db.selectFrom('events').select(['event', 'payload']).orderBy('id').execute()
  return events
    .map(({ event, payload }) => [event, payload.phase])
    .filter(([event, phase]) => event === 'WORKSPACE_PROVISIONING' && phase !== undefined)
    .map(([, phase]) => phase)
}

test('LC-22: what is fetched, the start and the way to the server are phases of their own, each told and each with its own time', async () => {
  const world = await givenController({ backend: memoryBackend({ fetches: true }) })
  const { id } = await givenWorkspace(world.db, world.org)

  await world.rounds(1)
  await world.clock.advance(5000)
  await enrol(world, id)
  const ready = await rowOf(world, id)
  await reportIn(world, id, 1)

  expect(world.backend.prepared).toEqual(['command'])
  expect(await phasesTold(world)).toEqual(['start', 'connect', 'ready'])
  expect(ready).toMatchObject({ provisionPhase: 'ready', provisionStartedAt: world.clock.now() })
  expect(await rowOf(world, id)).toMatchObject({ status: 'online', provisionPhase: null })
})

test('a backend that has all it needs begins with the start', async () => {
  const world = await givenController()
  await givenWorkspace(world.db, world.org)

  await world.rounds(1)

  expect(await phasesTold(world)).toEqual(['connect'])
})

test('a server that is killed while something is fetched fetches it again, and starts once', async () => {
  const backend = memoryBackend({ fetches: true })
  const world = await givenController({ backend })
  const { id } = await givenWorkspace(world.db, world.org)
  backend.fail.prepare = 'hangs'
  await world.rounds(1, AbortSignal.timeout(50))
  expect(await rowOf(world, id)).toMatchObject({ status: 'provisioning', provisionPhase: 'pull' })

  backend.fail = {}
  world.reborn()
  await world.rounds(2)

  expect(world.backend.started(id)).toEqual([1])
})

test('what cannot be fetched fails the start with what the backend says', async () => {
  const backend = memoryBackend({ fetches: true })
  const world = await givenController({ backend })
  const { id } = await givenWorkspace(world.db, world.org)
  backend.fail.prepare = 'no such image'

  await world.rounds(1)

  expect(await rowOf(world, id)).toMatchObject({
    status: 'failed',
    failureReason: { code: 'start_failed', detail: expect.stringContaining('no such image') },
  })
  expect(backend.started(id)).toEqual([])
})

test('a phase that takes too long is named, with the last lines of the log, whatever was renamed meanwhile', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(1)
  await world.clock.advance(50_000)
  await patchWorkspace(world.db, world.org.admin, id, { name: 'Renamed' })
  await world.clock.advance(11_000)

  await world.rounds(1)

  expect(await rowOf(world, id)).toMatchObject({
    status: 'failed',
    failureReason: {
      code: 'provision_timeout',
      detail: expect.stringMatching(/get past "connect" within 60 s[\s\S]*the last line/),
    },
  })
  const told = await world.db
    .selectFrom('events')
    .select('payload')
    .where('event', '=', 'WORKSPACE_PROVISION_FAILED')
    .executeTakeFirstOrThrow()
  expect(told.payload).toMatchObject({
    phase: 'connect',
    timeout_secs: 60,
    log_tail: 'the last line',
    runtime: 'command',
    source: 'provision_timeout_sweep',
  })
})
