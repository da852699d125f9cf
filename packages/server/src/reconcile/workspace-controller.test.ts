import { expect, test } from 'vitest'
import { openResources } from '../domain/resource/resource-store.ts'
import { startAttempt } from '../domain/task/task-attempt.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { restartWorkspace } from '../domain/workspace/workspace-service.ts'
import { givenTask, givenWorkspace, leaseOne, refOf, taskNow } from '../testing/given.ts'
import { givenController, reportIn, rowOf } from '../testing/given-controller.ts'

test('a wish becomes one start, and a host that reports in makes it online', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)

  await world.rounds(3)
  expect(await rowOf(world, id)).toMatchObject({
    status: 'provisioning',
    provisionPhase: 'connect',
  })
  await reportIn(world, id, 1)
  await world.rounds(2)

  expect(world.backend.started(id)).toEqual([1])
  expect(await rowOf(world, id)).toMatchObject({ status: 'online', observedGeneration: 1 })
})

test('LC-12: two restarts while one runs cost at most one more start, and the last one takes effect', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)

  await restartWorkspace(world.db, world.org.admin, id)
  await restartWorkspace(world.db, world.org.admin, id)
  await world.rounds(3)
  await reportIn(world, id, 2)
  await world.rounds(2)

  expect(world.backend.started(id)).toEqual([1, 2])
  expect(world.backend.running(id)).toEqual([2])
  expect(await rowOf(world, id)).toMatchObject({ status: 'online', observedGeneration: 3 })
})

test('a start that the backend refuses says why, and is tried again after a second', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  world.backend.fail.start = 'no memory'
  await world.rounds(1)
  expect(await rowOf(world, id)).toMatchObject({
    status: 'failed',
    failureReason: { code: 'start_failed', detail: expect.stringContaining('no memory') },
  })

  world.backend.fail = {}
  world.reborn()
  await world.clock.advance(1000)
  await world.rounds(3)

  expect(world.backend.running(id)).toEqual([2])
  expect(await openResources(world.db, id)).toHaveLength(1)
})

test('a host that ends is started again at once, and what it worked on is tried again', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)
  const host = { workspaceId: id, incarnation: 1 }
  const task = await givenTask(world.db, world.org, id)
  await startAttempt(world.db, host, refOf(await leaseOne(world.db, host)))

  world.backend.crash(id)
  await world.rounds(1)

  expect(world.backend.started(id)).toEqual([1, 2])
  expect(await taskNow(world.db, task.id)).toMatchObject({ status: 'in_progress', retryCount: 1 })
})

test('a host that ends a second time soon after its start waits before the third', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  for (const incarnation of [1, 2]) {
    await world.rounds(2)
    await reportIn(world, id, incarnation)
    world.backend.crash(id)
    await world.rounds(1)
  }

  expect(await rowOf(world, id)).toMatchObject({
    status: 'offline',
    failureReason: { code: 'host_ended' },
  })
  expect(world.backend.started(id)).toEqual([1, 2])
  await world.clock.advance(1000)
  await world.rounds(1)
  expect(world.backend.started(id)).toEqual([1, 2, 3])
})

test('LC-58: a host that ends again and again is parked with its last lines, until somebody restarts it', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)

  for (let n = 0; n < 8; n++) {
    await world.rounds(2)
    world.backend.crash(id)
    await world.rounds(1)
    await world.clock.advance(10 * 60_000)
  }

  expect(world.backend.started(id)).toEqual([1, 2, 3, 4, 5])
  expect(await rowOf(world, id)).toMatchObject({
    status: 'failed',
    nextStartAt: null,
    failureReason: { detail: expect.stringContaining('the last line') },
  })
  await restartWorkspace(world.db, world.org.admin, id)
  await world.rounds(2)
  expect(world.backend.running(id)).toEqual([6])
})

test('a stop that fails three times is a leak suspect: the next start begins, and the old one goes on being stopped', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)
  world.backend.fail.stop = 'the daemon does not answer'
  await restartWorkspace(world.db, world.org.admin, id)

  for (let n = 0; n < 3; n++) {
    await world.rounds(1)
    expect(world.backend.started(id)).toEqual(n < 2 ? [1] : [1, 2])
    await world.clock.advance(4000)
  }
  expect(await openResources(world.db, id)).toMatchObject([
    { incarnation: 1, leakSuspectAt: expect.any(Number), lastError: 'the daemon does not answer' },
    { incarnation: 2, leakSuspectAt: null },
  ])
  await reportIn(world, id, 2)
  world.backend.fail = {}
  await world.clock.advance(30_000)
  await world.rounds(2)

  expect(world.backend.running(id)).toEqual([2])
})

test('a stop that fails does not block a removal, and goes on afterwards', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  world.backend.fail.stop = 'no'
  await removeWorkspace(world.db, world.org.admin, id, { confirm: false })
  for (let n = 0; n < 4; n++) {
    await world.rounds(1)
    await world.clock.advance(4000)
  }
  expect(await rowOf(world, id)).toMatchObject({ status: 'removed' })
  expect(world.backend.running(id)).toEqual([1])

  world.backend.fail = {}
  await world.clock.advance(60_000)
  await world.rounds(1)

  expect(world.backend.running(id)).toEqual([])
  expect(await openResources(world.db, id)).toEqual([])
})

test('a backend that does not answer is not taken for a death', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)
  world.backend.fail.inspect = true

  for (let n = 0; n < 60; n++) {
    await world.clock.advance(1000)
    await world.rounds(1)
  }

  expect(world.backend.running(id)).toEqual([1])
  expect(await rowOf(world, id)).toMatchObject({
    status: 'offline',
    failureReason: { code: 'backend_unreachable' },
  })
})

test('LC-22 the time that a backend needs, for example to pull an image, is not held against the host', async () => {
  const world = await givenController()
  const { backend, clock } = world
  const { start } = backend
  backend.start = async (spec, signal) => {
    await clock.advance(5 * 60_000)
    return start(spec, signal)
  }
  const { id } = await givenWorkspace(world.db, world.org)

  await world.rounds(3)

  expect(backend.started(id)).toEqual([1])
  expect(await rowOf(world, id)).toMatchObject({
    status: 'provisioning',
    provisionPhase: 'connect',
    failureReason: null,
  })
})

test('a start that gets nowhere fails with its phase and is tried again', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)

  await world.clock.advance(61_000)
  await world.rounds(2)

  expect(await rowOf(world, id)).toMatchObject({
    status: 'failed',
    failureReason: {
      code: 'provision_timeout',
      detail: expect.stringMatching(/"connect" within 60 s.*the last line/s),
    },
    nextStartAt: expect.any(Number),
  })
  expect(world.backend.running(id)).toEqual([])
})

test('a server that goes down with its agents stops them, and leaves the wish for the next start', async () => {
  let isDraining = false
  const world = await givenController({ isDraining: () => isDraining })
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)

  isDraining = true
  await world.rounds(2)
  expect(world.backend.running(id)).toEqual([])
  isDraining = false
  world.reborn()
  await world.rounds(2)

  expect(world.backend.running(id)).toEqual([2])
  expect(await rowOf(world, id)).toMatchObject({ desiredState: 'running' })
})
