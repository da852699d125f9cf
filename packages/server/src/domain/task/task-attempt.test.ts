import { expect, test } from 'vitest'
import { transact } from '../../db/transact.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  givenTask,
  leaseOne,
  refOf,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { readInbox } from '../inbox/inbox-store.ts'
import { completeAttempt, startAttempt } from './task-attempt.ts'
import { createTask } from './task-create.ts'
import { HAND_OVER_MS, leaseAttempts, nextLeaseIn, REPEAT_MS, toCancel } from './task-lease.ts'
import { endAttemptsOf } from './task-loss.ts'
import { moveTask } from './task-status.ts'
import { attemptsOf, resultOf } from './task-store.ts'

test('a task goes from queued to completed, and its result is stored once', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { host, task, attempt } = await givenRunning(db, org)

  const end = { ...refOf(attempt), outcome: 'completed', result: 'done' } as const
  const first = await completeAttempt(db, host, end)
  const replay = await completeAttempt(db, host, end)

  expect(first).toEqual({ recorded: true, late: false })
  expect(replay).toEqual({ recorded: false, late: false })
  expect(await taskNow(db, task.id)).toMatchObject({
    status: 'completed',
    resultPreview: 'done',
    attempt: 1,
  })
  expect(await resultOf(db, task.id)).toBe('done')
})

test('CM-28: RD-101: a hand-over that was never started is handed out again under a new fence, and the old fence cannot start', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { workspace, host } = await givenOnline(db, org)
  await givenTask(db, org, workspace.id)
  const old = await leaseOne(db, host)

  expect(await leaseAttempts(db, host, 1)).toEqual([])
  await clock.advance(HAND_OVER_MS)
  const again = await leaseOne(db, host)

  expect(again).toMatchObject({ attempt: 1, fence: old.fence + 1 })
  await expect(startAttempt(db, host, refOf(old))).rejects.toMatchObject({ code: 'fenced' })
  await startAttempt(db, host, refOf(again))
})

test('a hand-over whose answer was lost is repeated soon, once the host shows that it does not know of it', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { workspace, host } = await givenOnline(db, org)
  await givenTask(db, org, workspace.id)
  const lost = await leaseOne(db, host)
  const knowing = { ...host, running: [lost] }
  const ignorant = { ...host, running: [] }

  expect(await nextLeaseIn(db, ignorant)).toBe(REPEAT_MS)
  expect(await leaseAttempts(db, ignorant, 1)).toEqual([])
  await clock.advance(REPEAT_MS)
  expect(await leaseAttempts(db, knowing, 1)).toEqual([])
  expect(await nextLeaseIn(db, knowing)).toBe(HAND_OVER_MS - REPEAT_MS)
  const [again] = await leaseAttempts(db, ignorant, 1)

  expect(again).toMatchObject({ attempt: 1, fence: lost.fence + 1 })
  await expect(startAttempt(db, host, refOf(lost))).rejects.toMatchObject({ code: 'fenced' })
})

test('the start of an attempt may be repeated by the host that holds its fence', async () => {
  const db = await testDb()
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))

  await startAttempt(db, host, refOf(attempt))

  expect(await attemptsOf(db, task.id)).toHaveLength(1)
})

test('an expired run lease starts nothing: a running attempt is never handed out twice', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const { host } = await givenRunning(db, await givenOrg(db))

  await clock.advance(60 * 60_000)

  expect(await leaseAttempts(db, host, 5)).toEqual([])
})

test('a host of an older incarnation leases and starts nothing', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, host } = await givenOnline(db, org)
  await givenTask(db, org, workspace.id)

  const older = { ...host, incarnation: 0 }

  await expect(leaseAttempts(db, older, 1)).rejects.toMatchObject({ code: 'fenced' })
})

test('CM-84: an attempt lost with its host is tried again, and counts as a retry', async () => {
  const db = await testDb()
  const { host, task } = await givenRunning(db, await givenOrg(db))

  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: true }))
  const next = await leaseOne(db, host)

  expect(next.attempt).toBe(2)
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'in_progress', retryCount: 1 })
  expect(await attemptsOf(db, task.id)).toMatchObject([{ outcome: 'lost' }, { outcome: null }])
})

test('an attempt that a restart interrupts does not count as a retry', async () => {
  const db = await testDb()
  const { host, task } = await givenRunning(db, await givenOrg(db))

  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: true, proven: true }))

  expect(await taskNow(db, task.id)).toMatchObject({ status: 'in_progress', retryCount: 0 })
  expect(await attemptsOf(db, task.id)).toMatchObject([{ outcome: 'interrupted' }])
})

test('work that its host gives back again and again is put off longer each time', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))
  const waits: number[] = []

  for (let current = attempt; waits.length < 5; current = await leaseOne(db, host)) {
    if (waits.length > 0) await startAttempt(db, host, refOf(current))
    await completeAttempt(db, host, { ...refOf(current), outcome: 'interrupted' })
    const waitMs = (await nextLeaseIn(db, { ...host, running: [] })) ?? 0
    waits.push(waitMs)
    await clock.advance(waitMs)
  }

  expect(waits).toEqual([0, 0, 1000, 2000, 4000])
  expect(await taskNow(db, task.id)).toMatchObject({ retryCount: 0 })
})

test('a task whose agent ended as often as it may fails with the reason', async () => {
  const db = await testDb()
  const { host, task } = await givenRunning(db, await givenOrg(db), { maxAttempts: 1 })

  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: true }))

  expect(await taskNow(db, task.id)).toMatchObject({
    status: 'failed',
    error: { code: 'attempts_exhausted' },
  })
})

test('without proof that the former start ended, running work becomes stuck instead of being run twice', async () => {
  const db = await testDb()
  const { host, task } = await givenRunning(db, await givenOrg(db))

  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: false }))

  expect(await taskNow(db, task.id)).toMatchObject({
    status: 'stuck',
    error: { code: 'outcome_unknown' },
  })
  expect(await nextLeaseIn(db, host)).toBeUndefined()
})

test('a result of a lost attempt cancels a retry that has not started, and counts', async () => {
  const db = await testDb()
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))
  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: true }))
  const retry = await leaseOne(db, host)

  const reply = await completeAttempt(db, host, {
    ...refOf(attempt),
    outcome: 'completed',
    result: 'from the journal',
  })

  expect(reply).toEqual({ recorded: true, late: true })
  expect(await resultOf(db, task.id)).toBe('from the journal')
  await expect(startAttempt(db, host, refOf(retry))).rejects.toMatchObject({ code: 'fenced' })
})

test('a result that comes while the retry runs is kept beside it and does not end it', async () => {
  const db = await testDb()
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))
  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: true }))
  const retry = await leaseOne(db, host)
  await startAttempt(db, host, refOf(retry))

  const reply = await completeAttempt(db, host, {
    ...refOf(attempt),
    outcome: 'completed',
    result: 'late',
  })

  expect(reply).toEqual({ recorded: false, late: true })
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'in_progress' })
  expect((await attemptsOf(db, task.id))[0]).toMatchObject({ lateResult: 'late' })
})

test('CM-19: the outcome of a delegation is in the caller’s inbox once, from the callee', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const lead = await givenOnline(db, org)
  const worker = await givenOnline(db, org, { parent_id: lead.workspace.id })
  await createTask(db, org.scope, {
    caller: { kind: 'workspace', id: lead.workspace.id },
    calleeId: worker.workspace.id,
    text: 'part',
  })
  const attempt = await leaseOne(db, worker.host)
  await startAttempt(db, worker.host, refOf(attempt))

  const end = { ...refOf(attempt), outcome: 'completed', result: 'the whole text' } as const
  await completeAttempt(db, worker.host, end)
  await completeAttempt(db, worker.host, end)

  expect(await readInbox(db, lead.workspace.id, 0)).toMatchObject([
    { seq: 1, kind: 'result', fromId: worker.workspace.id, text: 'the whole text', late: 0 },
  ])
})

test('a result after the task ended is kept on its attempt and delivered as late', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const lead = await givenOnline(db, org)
  const caller = { kind: 'workspace', id: lead.workspace.id } as const
  const { host, task, attempt } = await givenRunning(db, org, { caller })
  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: false }))

  const reply = await completeAttempt(db, host, {
    ...refOf(attempt),
    outcome: 'completed',
    result: 'after all',
  })

  expect(reply).toEqual({ recorded: false, late: true })
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'stuck' })
  expect(await readInbox(db, lead.workspace.id, 0)).toMatchObject([
    { late: 0, status: 'stuck' },
    { late: 1, text: 'after all' },
  ])
})

test('work on a task that is thought to be stuck goes on, and its result comes late', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const lead = await givenOnline(db, org)
  const caller = { kind: 'workspace', id: lead.workspace.id } as const
  const { host, task, attempt } = await givenRunning(db, org, { caller })
  const error = { code: 'no_heartbeat', detail: 'no heartbeat for 600 s', hint: 'Ask again.' }
  await transact(db, (tx) => moveTask(tx, task.id, 'stick', { error }))

  const toEnd = await toCancel(db, host, [refOf(attempt)])
  const end = { ...refOf(attempt), outcome: 'completed', result: 'after all' } as const
  await completeAttempt(db, host, end)

  expect(toEnd).toEqual([])
  expect(await readInbox(db, lead.workspace.id, 0)).toMatchObject([
    { late: 0, status: 'stuck' },
    { late: 1, text: 'after all' },
  ])
})

test('CM-10: CM-22: a workspace works on no more tasks at once than it may', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, host } = await givenOnline(db, org, { max_concurrent_tasks: 2 })
  for (let n = 0; n < 3; n++) await givenTask(db, org, workspace.id, { text: `task ${n}` })

  const leased = await leaseAttempts(db, host, 10)

  expect(leased.map((each) => each.text)).toEqual(['task 0', 'task 1'])
  expect(await leaseAttempts(db, host, 10)).toEqual([])
  for (const each of leased) await startAttempt(db, host, refOf(each))
  expect(await leaseAttempts(db, host, 10)).toEqual([])
  await completeAttempt(db, host, {
    ...refOf(leased[0] as never),
    outcome: 'completed',
    result: '',
  })
  expect((await leaseAttempts(db, host, 10)).map((each) => each.text)).toEqual(['task 2'])
})

test('what is more urgent is taken up first, in the order it came', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, host } = await givenOnline(db, org, { max_concurrent_tasks: 10 })
  for (const [text, priority] of [
    ['usual', undefined],
    ['later', 10],
    ['urgent', 90],
    ['urgent too', 90],
  ] as const)
    await givenTask(db, org, workspace.id, { text, priority })

  const leased = await leaseAttempts(db, host, 10)

  expect(leased.map((each) => each.text)).toEqual(['urgent', 'urgent too', 'usual', 'later'])
})
