import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { heartbeats } from '../domain/host/heartbeats.ts'
import { readInbox } from '../domain/inbox/inbox-store.ts'
import { recordDelegation, updateDelegation } from '../domain/task/delegation-record.ts'
import { completeAttempt } from '../domain/task/task-attempt.ts'
import { DEFAULT_DEADLINE_MS } from '../domain/task/task-deadline.ts'
import { leaseAttempts } from '../domain/task/task-lease.ts'
import { endAttemptsOf } from '../domain/task/task-loss.ts'
import { reassignTask } from '../domain/task/task-reassign.ts'
import { extendTask } from '../domain/task/task-retry.ts'
import { pauseWorkspace } from '../domain/workspace/workspace-pause.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  givenTask,
  leaseOne,
  refOf,
  taskNow,
} from '../testing/given.ts'
import { testDb } from '../testing/test-db.ts'
import { taskSweeper } from './task-sweeper.ts'

const EVERY_MS = 300_000
const STUCK_MS = 600_000
const quiet = { info() {}, warn() {}, error() {} }
const never = new AbortController().signal

const sweeper = (db: Db) =>
  taskSweeper({ db, log: quiet, everyMs: EVERY_MS, stuckAfterMs: STUCK_MS })

test('a task past its deadline fails, and says why', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)
  const late = await givenTask(db, org, workspace.id, { deadlineS: 60 })
  const fine = await givenTask(db, org, workspace.id)
  await clock.advance(60_000)

  await sweeper(db).round(never)

  expect(await taskNow(db, late.id)).toMatchObject({
    status: 'failed',
    error: { detail: 'deadline exceeded by sweeper' },
  })
  expect((await taskNow(db, fine.id)).status).toBe('queued')
})

test('CM-39: a running task without a heartbeat becomes stuck, after a grace of one threshold', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const { task } = await givenRunning(db, await givenOrg(db))
  const sweep = sweeper(db)
  await clock.advance(STUCK_MS)

  await sweep.round(never)
  expect((await taskNow(db, task.id)).status).toBe('in_progress')
  for (let passed = 0; passed < STUCK_MS; passed += EVERY_MS) {
    await clock.advance(EVERY_MS)
    await sweep.round(never)
  }

  expect(await taskNow(db, task.id)).toMatchObject({
    status: 'stuck',
    error: { code: 'no_heartbeat', detail: expect.stringMatching(/^no heartbeat for /) },
  })
})

test('CM-12: heartbeats of its host keep a task alive, and those above it', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const lead = await givenRunning(db, org)
  const caller = { kind: 'workspace', id: lead.workspace.id } as const
  const child = await givenRunning(db, org, { caller, parentTaskId: lead.task.id })
  const beats = heartbeats(db)
  const sweep = sweeper(db)

  for (let passed = 0; passed < 3 * STUCK_MS; passed += EVERY_MS) {
    await clock.advance(EVERY_MS)
    beats.beat(child.host, [{ ...refOf(child.attempt), progressed: true, output: [] }])
    await beats.flush()
    await sweep.round(never)
  }

  expect((await taskNow(db, lead.task.id)).status).toBe('in_progress')
  expect((await taskNow(db, child.task.id)).status).toBe('in_progress')
})

test('CM-24: CM-12: a host that beats does not vouch for a task that shows no progress', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))
  const beats = heartbeats(db)
  const sweep = sweeper(db)

  for (let passed = 0; passed < 3 * STUCK_MS; passed += EVERY_MS) {
    await clock.advance(EVERY_MS)
    beats.beat(host, [{ ...refOf(attempt), progressed: false, output: [] }])
    await beats.flush()
    await sweep.round(never)
  }

  expect(await taskNow(db, task.id)).toMatchObject({
    status: 'stuck',
    error: { code: 'no_heartbeat' },
  })
})

test('RD-56: progress puts off the default deadline and leaves a caller’s own', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const usual = await givenRunning(db, org)
  const own = await givenRunning(db, org, { deadlineS: 3600 })
  const beats = heartbeats(db)
  await clock.advance(60_000)

  for (const { host, attempt } of [usual, own])
    beats.beat(host, [{ ...refOf(attempt), progressed: true, output: [] }])
  await beats.flush()

  expect((await taskNow(db, usual.task.id)).deadline).toBe(usual.task.deadline + 60_000)
  expect((await taskNow(db, own.task.id)).deadline).toBe(own.task.deadline)
})

test('a task that waits for its next attempt is not stuck', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const { host, task } = await givenRunning(db, await givenOrg(db))
  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: true, proven: true }))
  const sweep = sweeper(db)

  for (let passed = 0; passed < 3 * STUCK_MS; passed += EVERY_MS) {
    await clock.advance(EVERY_MS)
    await sweep.round(never)
  }

  expect((await taskNow(db, task.id)).status).toBe('in_progress')
})

test('a completion that comes with the sweep is harmless: one of them wins', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db), { deadlineS: 60 })
  await clock.advance(60_000)

  await Promise.all([
    sweeper(db).round(never),
    completeAttempt(db, host, { ...refOf(attempt), outcome: 'completed', result: 'done' }),
  ])

  expect(['completed', 'failed']).toContain((await taskNow(db, task.id)).status)
})

test('CM-12: a recorded delegation is stuck once its caller falls silent, and never before its first sign of life', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const lead = await givenOnline(db, org)
  const worker = await givenOnline(db, org, { parent_id: lead.workspace.id })
  const record = async () => {
    const input = { target_id: worker.workspace.id, task: 'part', delegation_id: randomUUID() }
    return (await recordDelegation(db, org.scope, lead.workspace.id, input)).id
  }
  const [silent, told] = [await record(), await record()]
  await updateDelegation(db, lead.workspace.id, told, { status: 'in_progress' })
  const sweep = sweeper(db)

  for (let n = 0; n * EVERY_MS <= 2 * STUCK_MS; n++) {
    await sweep.round(never)
    await clock.advance(EVERY_MS)
  }

  expect(await taskNow(db, silent)).toMatchObject({ status: 'dispatched' })
  expect(await taskNow(db, told)).toMatchObject({
    status: 'stuck',
    error: { code: 'no_heartbeat' },
  })
})

test('who asked is told ten minutes before the end, once for each deadline', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { workspace: lead } = await givenOnline(db, org, { name: 'lead' })
  const { workspace: worker } = await givenOnline(db, org, { name: 'worker' })
  const caller = { kind: 'workspace', id: lead.id } as const
  const task = await givenTask(db, org, worker.id, { caller, deadlineS: 3600 })
  const people = await givenTask(db, org, worker.id, { deadlineS: 3600 })
  const sweep = sweeper(db)
  const notices = async () =>
    (await readInbox(db, lead.id, 0)).map(({ kind, taskId }) => [kind, taskId])

  await clock.advance(49 * 60_000)
  await sweep.round(never)
  expect(await notices()).toEqual([])
  await clock.advance(2 * 60_000)
  await sweep.round(never)
  await sweep.round(never)
  expect(await notices()).toEqual([['notice', task.id]])

  await extendTask(db, org.admin, task.id, 3600)
  await sweep.round(never)
  await clock.advance(60 * 60_000)
  await sweep.round(never)

  expect(await notices()).toEqual([
    ['notice', task.id],
    ['notice', task.id],
  ])
  expect((await taskNow(db, people.id)).status).toBe('failed')
})

test('a deadline that stood still while its workspace was paused neither ends a task nor is told of, also once it is given away', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { workspace: lead } = await givenOnline(db, org)
  const child = { parent_id: lead.id }
  const { workspace: first } = await givenOnline(db, org, { name: 'first', ...child })
  const { workspace: second } = await givenOnline(db, org, { name: 'second', ...child })
  const caller = { kind: 'workspace', id: lead.id } as const
  const task = await givenTask(db, org, first.id, { caller })
  await pauseWorkspace(db, org.admin, first.id)
  await clock.advance(DEFAULT_DEADLINE_MS - 60_000)
  await sweeper(db).round(never)
  expect(await readInbox(db, lead.id, 0)).toEqual([])
  await clock.advance(DEFAULT_DEADLINE_MS)

  const given = await reassignTask(db, org.admin, task.id, second.id)
  await sweeper(db).round(never)

  expect(given).toMatchObject({ waitingFor: null, deadline: clock.now() + DEFAULT_DEADLINE_MS })
  expect((await taskNow(db, task.id)).status).toBe('queued')
})

test('what nobody has taken up in the time it had is not handed out any more, and fails as expired', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { workspace, host } = await givenOnline(db, org)
  const taken = await givenTask(db, org, workspace.id, { startWithinS: 60 })
  await leaseOne(db, host)
  const missed = await givenTask(db, org, workspace.id, { startWithinS: 60 })
  await clock.advance(60_000)

  const late = await leaseAttempts(db, host, 10)
  await sweeper(db).round(never)

  expect(late.map((each) => each.task_id)).toEqual([taken.id])
  expect(await taskNow(db, missed.id)).toMatchObject({
    status: 'failed',
    error: { code: 'expired' },
  })
  expect((await taskNow(db, taken.id)).status).toBe('dispatched')
})
