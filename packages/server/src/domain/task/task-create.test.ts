import { expect, test } from 'vitest'
import { transact } from '../../db/transact.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  givenTask,
  givenWorkspace,
  leaseOne,
  refOf,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { completeAttempt } from './task-attempt.ts'
import { cancelTask } from './task-cancel.ts'
import { createTask } from './task-create.ts'
import { toCancel } from './task-lease.ts'
import { moveTask } from './task-status.ts'

const HOUR_MS = 60 * 60_000

test('CM-15: repeating a key with the same request answers the same task', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const lead = await givenWorkspace(db, org)
  const worker = await givenWorkspace(db, org, { parent_id: lead.id })
  const request = {
    caller: { kind: 'workspace', id: lead.id },
    calleeId: worker.id,
    text: 'part one',
    idempotencyKey: 'k',
  } as const

  const [first, second] = await Promise.all([
    createTask(db, org.scope, request),
    createTask(db, org.scope, request),
  ])

  expect(second.task.id).toBe(first.task.id)
  expect([first.replay, second.replay].sort()).toEqual([false, true])
})

test('CM-37: a key reused for another request is refused, and nothing changes', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  const task = await givenTask(db, org, id, { idempotencyKey: 'k' })

  const other = givenTask(db, org, id, { idempotencyKey: 'k', text: 'something else' })

  await expect(other).rejects.toMatchObject({
    code: 'idempotency_key_reused',
    extra: { task_id: task.id },
  })
})

test('RD-34: CM-15: a key is free again ten minutes after its task ended', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  const first = await givenTask(db, org, id, { idempotencyKey: 'k' })
  await cancelTask(db, org.admin, first.id)

  await clock.advance(9 * 60_000)
  const replay = await givenTask(db, org, id, { idempotencyKey: 'k' })
  await clock.advance(2 * 60_000)
  const fresh = await givenTask(db, org, id, { idempotencyKey: 'k' })

  expect(replay.id).toBe(first.id)
  expect(fresh.id).not.toBe(first.id)
})

test('a message id is accepted once per caller and callee', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const [a, b] = [await givenWorkspace(db, org), await givenWorkspace(db, org)]

  const first = await givenTask(db, org, a.id, { messageId: 'm' })
  const again = await givenTask(db, org, a.id, { messageId: 'm' })
  const other = await givenTask(db, org, b.id, { messageId: 'm' })

  expect(again.id).toBe(first.id)
  expect(other.id).not.toBe(first.id)
})

test('CM-86: a delegation to oneself, to a stranger and to nobody is refused before it is accepted', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const lead = await givenWorkspace(db, org)
  const other = await givenWorkspace(db, org)
  const below = await givenWorkspace(db, org, { parent_id: other.id })
  const caller = { kind: 'workspace', id: lead.id } as const
  const ask = (calleeId: string) => createTask(db, org.scope, { caller, calleeId, text: 'x' })

  await expect(ask(lead.id)).rejects.toMatchObject({ code: 'self_delegation' })
  await expect(ask(below.id)).rejects.toMatchObject({ code: 'forbidden_pair' })
  await expect(ask(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' })
  expect((await ask(other.id)).task.status).toBe('queued')
})

test('a child task carries the trace and the thread of its parent', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, task } = await givenRunning(db, org)
  const helper = await givenWorkspace(db, org, { parent_id: workspace.id })

  const child = await givenTask(db, org, helper.id, {
    caller: { kind: 'workspace', id: workspace.id },
    parentTaskId: task.id,
  })

  expect(child).toMatchObject({
    parentTaskId: task.id,
    traceId: task.traceId,
    contextId: task.contextId,
    depth: 1,
  })
})

test('a canceled parent takes no new children', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, task } = await givenRunning(db, org)
  const helper = await givenWorkspace(db, org, { parent_id: workspace.id })
  await cancelTask(db, org.admin, task.id)

  const late = givenTask(db, org, helper.id, {
    caller: { kind: 'workspace', id: workspace.id },
    parentTaskId: task.id,
  })

  await expect(late).rejects.toMatchObject({ code: 'already_terminal' })
})

test('cancel ends what waits at once, tells the host of what runs, and reaches delegated work', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, host, task, attempt } = await givenRunning(db, org)
  const helper = await givenOnline(db, org, { parent_id: workspace.id })
  const child = await givenTask(db, org, helper.workspace.id, {
    caller: { kind: 'workspace', id: workspace.id },
    parentTaskId: task.id,
  })

  await cancelTask(db, org.admin, task.id)

  expect(await taskNow(db, child.id)).toMatchObject({ status: 'canceled' })
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'in_progress' })
  expect(await toCancel(db, host, [refOf(attempt)])).toHaveLength(1)
  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'canceled' })
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'canceled' })
})

test('a result that beats its cancel is the result', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { host, task, attempt } = await givenRunning(db, org)
  await cancelTask(db, org.admin, task.id)

  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'completed', result: 'done' })

  expect(await taskNow(db, task.id)).toMatchObject({ status: 'completed' })
})

test('CM-36: a terminal task is never revised', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { host, task, attempt } = await givenRunning(db, org)
  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'completed', result: 'first' })
  const error = { code: 'x', detail: 'y', hint: 'z' }

  const moved = await transact(db, (tx) => moveTask(tx, task.id, 'fail', { error }))

  expect(moved).toBeUndefined()
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'completed', error: null })
})

test('CM-88: a preview never splits a character', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)

  const task = await givenTask(db, org, id, { text: '😀'.repeat(500) })

  expect(task.preview.isWellFormed()).toBe(true)
  expect(task.preview.length).toBeLessThanOrEqual(200)
})

test('the default deadline is six hours, a caller’s own is as asked', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)

  const usual = await givenTask(db, org, id)
  const own = await givenTask(db, org, id, { deadlineS: 60 })

  expect(usual).toMatchObject({ deadline: clock.now() + 6 * HOUR_MS, deadlineIsHard: 0 })
  expect(own).toMatchObject({ deadline: clock.now() + 60_000, deadlineIsHard: 1 })
})

test('the failure of an agent ends its task with the reason, and is not tried again', async () => {
  const db = await testDb()
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))
  const reason = { code: 'exit_nonzero', detail: 'exit 3: no such file', hint: 'look' }

  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'failed', reason })

  expect(await taskNow(db, task.id)).toMatchObject({ status: 'failed', error: reason })
  await expect(leaseOne(db, host)).rejects.toThrow('nothing to lease')
})

test('a task cannot be stored as failed without a reason', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  const task = await givenTask(db, org, id)

  // @ts-expect-error: a failure demands its error.
  const move = transact(db, (tx) => moveTask(tx, task.id, 'fail', {}))

  await expect(move).rejects.toThrow(/tasks_failed_has_error/)
})
