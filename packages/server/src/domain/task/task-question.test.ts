import { expect, test } from 'vitest'
import type { Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  leaseOne,
  refOf,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { readInbox } from '../inbox/inbox-store.ts'
import { pauseWorkspace, resumeWorkspace } from '../workspace/workspace-pause.ts'
import { completeAttempt, startAttempt } from './task-attempt.ts'
import { cancelTask } from './task-cancel.ts'
import { leaseAttempts } from './task-lease.ts'
import { endAttemptsOf } from './task-loss.ts'
import { answerTask, askQuestion } from './task-question.ts'
import { taskDetail } from './task-store.ts'
import { taskToWire } from './task-wire.ts'

async function givenAsked(db?: Db) {
  const on = db ?? (await testDb())
  const org = await givenOrg(on)
  const { workspace: lead } = await givenOnline(on, org)
  const caller = { kind: 'workspace', id: lead.id } as const
  const running = await givenRunning(on, org, { caller })
  await askQuestion(on, org.admin, running.task.id, 'Which branch?')
  const end = (outcome: 'completed' | 'failed') =>
    completeAttempt(on, running.host, { ...refOf(running.attempt), outcome, result: 'on the way' })
  return { db: on, org, lead, end, ...running }
}

test('RD-57: an attempt that ends with a question leaves its task waiting, and tells whoever asked', async () => {
  const { db, lead, task, host, end } = await givenAsked()

  await end('completed')
  await end('completed')

  expect(await taskNow(db, task.id)).toMatchObject({
    status: 'in_progress',
    waitingFor: 'input',
    waitReason: { code: 'input_required', detail: 'Which branch?' },
    resultPreview: null,
  })
  expect(await readInbox(db, lead.id, 0)).toMatchObject([
    { kind: 'notice', taskId: task.id, text: expect.stringContaining('Which branch?') },
  ])
  expect(await leaseAttempts(db, host, 1)).toEqual([])
})

test('the answer starts the next attempt, which is given the request, the question and the answer', async () => {
  const { db, org, task, host, end } = await givenAsked()
  await end('failed')

  await answerTask(db, org.admin, task.id, 'main')
  const next = await leaseOne(db, host)

  expect(next).toMatchObject({
    attempt: 2,
    text: 'work\n\nYou asked: Which branch?\nThe answer: main',
  })
  await startAttempt(db, host, refOf(next))
  await completeAttempt(db, host, { ...refOf(next), outcome: 'completed', result: 'done' })
  const wire = taskToWire(await taskDetail(db, await taskNow(db, task.id)))
  expect(wire).toMatchObject({ status: 'completed', retry_count: 0, result: 'done' })
  expect(wire.questions).toMatchObject([
    { attempt: 1, text: 'Which branch?', answer: 'main', answered_by: 'user:admin' },
  ])
  expect(wire.timeline.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['asked_back', 'answered']),
  )
})

test('an answer without a text, to nothing, or to what has ended is refused with what to do', async () => {
  const { db, org, task, end } = await givenAsked()
  const refusal = (text?: string) =>
    answerTask(db, org.admin, task.id, text).then(
      () => 'none',
      ({ code }) => code as string,
    )

  const early = await refusal('main')
  await end('completed')
  const empty = await refusal()
  await cancelTask(db, org.admin, task.id)
  const ended = await refusal('main')

  expect([early, empty, ended]).toEqual(['not_allowed_now', 'invalid', 'already_terminal'])
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'canceled', waitReason: null })
})

test('a question of an attempt that was lost is forgotten: the next one asks for itself', async () => {
  const { db, task, host } = await givenAsked()

  await transact(db, (tx) => endAttemptsOf(tx, { ...host, planned: false, proven: true }))

  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null, retryCount: 1 })
  expect((await leaseOne(db, host)).text).toBe('work')
})

test('RD-58: what is answered while its workspace is paused goes on after the resume', async () => {
  const { db, org, task, host, end } = await givenAsked()
  await end('completed')
  await pauseWorkspace(db, org.admin, host.workspaceId)

  await answerTask(db, org.admin, task.id, 'main')
  const during = await taskNow(db, task.id)
  await resumeWorkspace(db, org.admin, host.workspaceId)

  expect(during.waitingFor).toBe('workspace')
  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null, endedAt: null })
})

test('a question before the work begins, or after it, is refused', async () => {
  const { db, org, task, end } = await givenAsked()
  await end('completed')

  await expect(askQuestion(db, org.admin, task.id, 'And?')).rejects.toMatchObject({
    code: 'not_allowed_now',
  })
})
