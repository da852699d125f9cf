import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import type { Db } from '../db/tables.ts'
import { heartbeats } from '../domain/host/heartbeats.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { completeAttempt, startAttempt } from '../domain/task/task-attempt.ts'
import { hibernateWorkspace, wakeWorkspace } from '../domain/workspace/workspace-hibernate.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { pauseWorkspace, resumeWorkspace } from '../domain/workspace/workspace-pause.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { loadOf } from '../domain/workspace/workspace-wire.ts'
import { givenTask, givenWorkspace, leaseOne, refOf, taskNow } from '../testing/given.ts'
import {
  givenController,
  quietLog,
  reportIn,
  rowOf,
  type World,
} from '../testing/given-controller.ts'
import { idleHibernation } from './idle-hibernation.ts'

const never = new AbortController().signal

async function givenOnline(world: World, input: Parameters<typeof givenWorkspace>[2] = {}) {
  const { id } = await givenWorkspace(world.db, world.org, input)
  await world.rounds(2)
  await reportIn(world, id, 1)
  await world.rounds(1)
  return id
}

/** Its host works on a task. */
async function givenWork(world: World, id: WorkspaceId, incarnation = 1) {
  const host = { workspaceId: id, incarnation }
  const task = await givenTask(world.db, world.org, id)
  const attempt = await leaseOne(world.db, host)
  await startAttempt(world.db, host, refOf(attempt))
  return { task, attempt, host }
}

const eventsOf = async (db: Db, id: WorkspaceId) =>
  (
    await db
      .selectFrom('events')
      .select(['event', 'payload'])
      .where('entityId', '=', id)
      .orderBy('id')
      .execute()
  ).map(({ event, payload: { workspace: _, ...payload } }) => ({ event, payload }))

test('a pause stops it and proves it; what it worked on is interrupted, and that is no retry', async () => {
  const world = await givenController()
  const id = await givenOnline(world, { name: 'worker' })
  const { task } = await givenWork(world, id)

  await pauseWorkspace(world.db, world.org.admin, id)
  await world.rounds(1)

  expect(world.backend.running(id)).toEqual([])
  expect(await rowOf(world, id)).toMatchObject({ status: 'paused', observedGeneration: 2 })
  expect(await taskNow(world.db, task.id)).toMatchObject({ retryCount: 0, endedAt: null })
  expect(await eventsOf(world.db, id)).toContainEqual({
    event: 'WORKSPACE_PAUSED',
    payload: { name: 'worker' },
  })
})

test('a resume starts it afresh, and the interrupted task goes on', async () => {
  const world = await givenController()
  const id = await givenOnline(world)
  const { task } = await givenWork(world, id)
  await pauseWorkspace(world.db, world.org.admin, id)
  await world.rounds(1)

  await resumeWorkspace(world.db, world.org.admin, id)
  await world.rounds(2)
  await reportIn(world, id, 2)
  const attempt = await leaseOne(world.db, { workspaceId: id, incarnation: 2 })

  expect(world.backend.running(id)).toEqual([2])
  expect(attempt).toMatchObject({ task_id: task.id, attempt: 2 })
})

test('LC-06: LC-07: CM-41: a hibernated workspace is stopped, says so, and is online again after a task', async () => {
  const world = await givenController()
  const id = await givenOnline(world, { name: 'sleeper', tier: 2 })
  await hibernateWorkspace(world.db, world.org.admin, id, { force: false })
  await world.rounds(1)
  expect(await rowOf(world, id)).toMatchObject({ status: 'hibernated' })
  expect(world.backend.running(id)).toEqual([])

  const task = await givenTask(world.db, world.org, id)
  await world.rounds(2)
  await reportIn(world, id, 2)
  const attempt = await leaseOne(world.db, { workspaceId: id, incarnation: 2 })

  expect(attempt.task_id).toBe(task.id)
  expect(await rowOf(world, id)).toMatchObject({ status: 'online' })
  expect((await eventsOf(world.db, id)).map((each) => each.event)).toEqual([
    'WORKSPACE_PROVISIONING',
    'WORKSPACE_PROVISIONING',
    'WORKSPACE_PROVISIONING',
    'WORKSPACE_ONLINE',
    'WORKSPACE_UPDATED',
    'WORKSPACE_UPDATED',
    'WORKSPACE_HIBERNATED',
    'WORKSPACE_UPDATED',
    'WORKSPACE_PROVISIONING',
    'WORKSPACE_PROVISIONING',
    'WORKSPACE_ONLINE',
  ])
})

test('a stop that cannot be proven keeps the status, says stop_unproven, and goes on until it is', async () => {
  const world = await givenController()
  const id = await givenOnline(world)
  world.backend.fail.stop = 'the daemon does not answer'
  await pauseWorkspace(world.db, world.org.admin, id)
  for (let n = 0; n < 4; n++) {
    await world.rounds(1)
    await world.clock.advance(4000)
  }
  expect(await rowOf(world, id)).toMatchObject({
    status: 'online',
    observedGeneration: 1,
    failureReason: { code: 'stop_unproven' },
  })
  expect(await openResources(world.db, id)).toMatchObject([{ leakSuspectAt: expect.any(Number) }])

  world.backend.fail = {}
  await world.clock.advance(60_000)
  await world.rounds(1)

  expect(await rowOf(world, id)).toMatchObject({ status: 'paused', failureReason: null })
  expect(await openResources(world.db, id)).toEqual([])
})

test('LC-08: LC-09: CM-42: an idle workspace hibernates though its host beats, and a busy one does not', async () => {
  const world = await givenController()
  const idle = await givenOnline(world, { hibernation_idle_minutes: 10 })
  const busy = await givenOnline(world, { hibernation_idle_minutes: 10 })
  const awake = await givenOnline(world)
  await givenWork(world, busy)
  const beats = heartbeats(world.db)
  const sleeper = idleHibernation({ db: world.db, log: quietLog })

  for (let seconds = 0; seconds < 11 * 60; seconds += 15) {
    for (const workspaceId of [idle, busy, awake]) beats.beat({ workspaceId, incarnation: 1 }, [])
    await beats.flush()
    await sleeper.round(never)
    await world.clock.advance(15_000)
  }

  expect(await rowOf(world, idle)).toMatchObject({ desiredState: 'hibernated' })
  expect(await rowOf(world, busy)).toMatchObject({ desiredState: 'running' })
  expect(await rowOf(world, awake)).toMatchObject({ desiredState: 'running' })
})

test('idle time counts from the end of the last work, and not over a gap of our own', async () => {
  const world = await givenController()
  const id = await givenOnline(world, { hibernation_idle_minutes: 10 })
  const { attempt, host } = await givenWork(world, id)
  const beats = heartbeats(world.db)
  const sleeper = idleHibernation({ db: world.db, log: quietLog })
  const pass = async (minutes: number) => {
    for (let n = 0; n < minutes * 4; n++) {
      await sleeper.round(never)
      await world.clock.advance(15_000)
    }
  }
  await world.clock.advance(60 * 60_000)
  beats.beat(host, [
    { task_id: attempt.task_id, attempt: 1, fence: 1, progressed: false, output: [] },
  ])
  await beats.flush()
  const { task_id, fence } = attempt
  await completeAttempt(world.db, host, {
    task_id,
    attempt: 1,
    fence,
    outcome: 'completed',
    result: 'ok',
  })

  await pass(9)
  expect(await rowOf(world, id)).toMatchObject({ desiredState: 'running' })
  await world.clock.advance(60 * 60_000)
  await pass(9)
  expect(await rowOf(world, id)).toMatchObject({ desiredState: 'running' })
  await pass(2)

  expect(await rowOf(world, id)).toMatchObject({ desiredState: 'hibernated' })
})

test('LC-14: a change of the row does not put off the limit of its start', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)

  await world.clock.advance(59_000)
  await patchWorkspace(world.db, world.org.admin, id, { name: 'renamed' })
  await world.clock.advance(2000)
  await world.rounds(1)

  expect(await rowOf(world, id)).toMatchObject({ failureReason: { code: 'provision_timeout' } })
})

test('a purge waits for the proof of the stop, is tried again, and is done once', async () => {
  const world = await givenController()
  const id = await givenOnline(world)
  world.backend.fail = { stop: 'no', purge: 'the disk is busy' }
  await removeWorkspace(world.db, world.org.admin, id, { confirm: false, purge: true })
  for (let n = 0; n < 4; n++) {
    await world.rounds(1)
    await world.clock.advance(4000)
  }
  expect(await rowOf(world, id)).toMatchObject({ status: 'removed', purgeAttempts: 0 })

  world.backend.fail = { purge: 'the disk is busy' }
  await world.clock.advance(60_000)
  await world.rounds(1)
  expect(await rowOf(world, id)).toMatchObject({ purgeAttempts: 1, purgeError: 'the disk is busy' })
  world.backend.fail = {}
  world.reborn()
  await world.clock.advance(1000)
  await world.rounds(3)

  expect(world.backend.purged).toEqual([id])
  expect(await rowOf(world, id)).toMatchObject({ purgedAt: expect.any(Number), purgeError: null })
})

test('a removal without a purge leaves what was stored', async () => {
  const world = await givenController()
  const id = await givenOnline(world)

  await removeWorkspace(world.db, world.org.admin, id, { confirm: false })
  await world.rounds(3)

  expect(await rowOf(world, id)).toMatchObject({ status: 'removed' })
  expect(world.backend.purged).toEqual([])
})

test('LC-63: no more starts are under way at a time than allowed, and each that ends makes room', async () => {
  const world = await givenController({ provisionConcurrency: 2 })
  const ids: WorkspaceId[] = []
  for (let n = 0; n < 4; n++) ids.push((await givenWorkspace(world.db, world.org)).id)
  const begun = async () => {
    await world.rounds(3)
    return ids.filter((id) => world.backend.started(id).length > 0)
  }

  const [first, second, ...none] = await begun()
  expect(none).toEqual([])
  await reportIn(world, first as WorkspaceId, 1)
  expect(await begun()).toHaveLength(3)
  await pauseWorkspace(world.db, world.org.admin, second as WorkspaceId)
  expect(await begun()).toHaveLength(4)
})

test('LC-53: a start after a wake has the settings of the row as they are now', async () => {
  const world = await givenController()
  const id = await givenOnline(world, { role: 'before', model: 'small' })
  await hibernateWorkspace(world.db, world.org.admin, id, { force: false })
  await world.rounds(1)
  await patchWorkspace(world.db, world.org.admin, id, { role: 'after' })

  await wakeWorkspace(world.db, world.org.admin, id)
  await world.rounds(2)

  expect(await rowOf(world, id)).toMatchObject({ role: 'after', model: 'small', incarnation: 2 })
})

test('CM-92: silence is judged by stored heartbeats: the next death of one that came back is seen too', async () => {
  const world = await givenController()
  const id = await givenOnline(world)
  const beats = heartbeats(world.db)
  const silence = async () => {
    for (let n = 0; n < 45; n++) {
      await world.clock.advance(1000)
      await world.rounds(1)
    }
    return (await rowOf(world, id)).status
  }

  expect(await silence()).toBe('offline')
  beats.beat({ workspaceId: id, incarnation: 1 }, [])
  await beats.flush()
  await reportIn(world, id, 1)
  expect(await rowOf(world, id)).toMatchObject({ status: 'online' })
  expect(await silence()).toBe('offline')
})

test('CM-93: a task that runs for long and prints nothing still counts as work', async () => {
  const world = await givenController()
  const id = await givenOnline(world)
  const { host } = await givenWork(world, id)
  const beats = heartbeats(world.db)

  for (let n = 0; n < 20; n++) {
    beats.beat(host, [])
    await beats.flush()
    await world.clock.advance(60_000)
    await world.rounds(1)
  }

  expect(await loadOf(world.db, id)).toMatchObject({ activeTasks: 1 })
  const hibernation = hibernateWorkspace(world.db, world.org.admin, id, { force: false })
  await expect(hibernation).rejects.toMatchObject({ extra: { active_tasks: 1 } })
})
