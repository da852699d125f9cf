import type { Caller } from '@molecule/contract/task'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError, notFound } from '../error.ts'
import { recordTask } from '../event/record.ts'
import { actorOf, callerOf, type Principal, scopeOf } from '../identity/principal.ts'
import { deliverQuestion } from '../inbox/deliver.ts'
import { awake } from '../workspace/workspace-hibernate.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { saveQuestion } from './task-question-store.ts'
import * as reasons from './task-reason.ts'
import { attemptsOf, findTask } from './task-store.ts'
import { setWait } from './task-waiting.ts'

/** Keeps what the agent of the running attempt needs to know; asked again in the same attempt, the last question counts. */
export async function askQuestion(
  db: Db,
  principal: Principal,
  id: string,
  text: string,
): Promise<TaskRow> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'tasks', id)
    const task = await findTask(tx, scopeOf(principal), id)
    if (!task) throw notFound('task', id)
    refuseEnded(task)
    const running = (await attemptsOf(tx, task.id)).find(
      ({ startedAt, endedAt }) => startedAt !== null && endedAt === null,
    )
    if (!running)
      throw new DomainError('not_allowed_now', 'nobody works on this task now', {
        hint: 'A question is asked by the program that works on the task, before it ends.',
      })
    await saveQuestion(tx, { taskId: task.id, attempt: running.no, text })
    return task
  })
}

/** Its agent has ended with a question: the task stands still, and whoever asked for it is told. */
export async function awaitAnswer(tx: Tx, task: TaskRow, question: string): Promise<void> {
  const waitReason = reasons.askedBack(question)
  const row = await setWait(tx, task.id, 'input', { waitReason })
  if (!row) return
  await deliverQuestion(tx, row, question)
  await recordTask(tx, 'STATUS', row)
}

/** Lets a task that waits for somebody go on: with the answer to its question, or because what it lacked is there now. */
export async function answerTask(
  db: Db,
  principal: Principal,
  id: string,
  text: string | undefined,
): Promise<TaskRow> {
  return transact(db, async (tx) => {
    const found = await findTask(tx, scopeOf(principal), id)
    if (!found) throw notFound('task', id)
    await lockRow(tx, 'workspaces', found.calleeId)
    await lockRow(tx, 'tasks', id)
    const task = (await findTask(tx, scopeOf(principal), id)) ?? found
    refuseEnded(task)
    if (task.waitingFor === 'input') await keepAnswer(tx, task, { text, by: callerOf(principal) })
    else if (task.waitingFor !== 'auth' && task.waitingFor !== 'quota')
      throw new DomainError('not_allowed_now', 'this task waits for no answer', {
        hint: 'Look at what it waits for: GET /tasks/:id/explain.',
      })
    return goOn(tx, task, actorOf(principal))
  })
}

function refuseEnded(task: TaskRow): void {
  if (task.endedAt !== null)
    throw new DomainError('already_terminal', `the task is ${task.status}`, {
      hint: 'Ask for it anew.',
      extra: { status: task.status },
    })
}

type Answer = { text: string | undefined; by: Caller }

async function keepAnswer(tx: Tx, task: TaskRow, { text, by }: Answer): Promise<void> {
  if (text === undefined)
    throw new DomainError('invalid', 'its agent asked a question: an answer needs a text', {
      hint: `It asked: ${task.waitReason?.detail ?? ''}`,
    })
  await tx
    .updateTable('taskQuestions')
    .set({ answer: text, answeredBy: `${by.kind}:${by.id}`, answeredAt: await dbNow(tx) })
    .where('taskId', '=', task.id)
    .where('attempt', '=', task.attempt)
    .execute()
}

async function goOn(tx: Tx, task: TaskRow, actor: string): Promise<TaskRow> {
  const workspace = await workspaceById(tx, task.calleeId)
  if (!workspace) throw notFound('workspace', task.calleeId)
  const callee = await awake(tx, workspace, actor)
  const wait = callee.desiredState === 'paused' ? 'workspace' : null
  const row = await setWait(tx, task.id, wait, { nextAttemptAt: await dbNow(tx) })
  if (!row) throw notFound('task', task.id)
  await recordTask(tx, 'STATUS', row, { actor })
  return row
}
