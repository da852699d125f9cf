import type { CompleteAttempt, CompleteReply, StartAttempt } from '@molecule/contract/host'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { AttemptRow, Db, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError, fenced, notFound } from '../error.ts'
import { deliverLate } from '../inbox/deliver.ts'
import { endAttempt } from './task-attempt-end.ts'
import { type HostRef, hostsWorkspace } from './task-lease.ts'
import { awaitAnswer } from './task-question.ts'
import { openQuestion } from './task-question-store.ts'
import * as reasons from './task-reason.ts'
import { settle } from './task-settle.ts'
import { moveTask } from './task-status.ts'
import { findAttempt, taskById } from './task-store.ts'

/** The host says it runs the program next. A hand-over that expired meanwhile, or an older fence, is refused. */
export async function startAttempt(db: Db, host: HostRef, ref: StartAttempt): Promise<void> {
  await transact(db, async (tx) => {
    await hostsWorkspace(tx, host)
    const { task, attempt } = await lockAttempt(tx, host, ref)
    if (attempt.fence !== ref.fence || attempt.incarnation !== host.incarnation)
      throw fenced('this attempt was handed over again')
    if (attempt.endedAt !== null || task.endedAt !== null || task.cancelRequestedAt !== null)
      throw fenced('this attempt is not wanted any more')
    if (attempt.startedAt !== null) return
    const now = await dbNow(tx)
    await markStarted(tx, { taskId: task.id, no: attempt.no, now })
    await markActive(tx, { id: host.workspaceId, now })
    const alive = { lastHeartbeat: now, lastProgressAt: now }
    const begun = await moveTask(tx, task.id, 'begin', alive)
    if (!begun) await tx.updateTable('tasks').set(alive).where('id', '=', task.id).execute()
  })
}

/** The host says how an attempt ended. Repeating it changes nothing; a result too late for its task is kept. */
export async function completeAttempt(
  db: Db,
  host: HostRef,
  end: CompleteAttempt,
): Promise<CompleteReply> {
  return transact(db, (tx) => completeAttemptIn(tx, host, end))
}

export async function completeAttemptIn(
  tx: Tx,
  host: HostRef,
  told: CompleteAttempt,
): Promise<CompleteReply> {
  const end = told.reason ? { ...told, reason: reasons.redactReason(told.reason) } : told
  const { task, attempt } = await lockAttempt(tx, host, end)
  if (attempt.fence !== end.fence) throw fenced('this attempt was handed over again')
  if (attempt.endedAt !== null) return comeBack(tx, task, attempt, end)
  const question = task.endedAt === null ? await openQuestion(tx, task.id, attempt.no) : undefined
  if (question && end.outcome !== 'canceled') {
    // What it printed on the way to its question is no result, and no later report makes it one.
    await endAttempt(tx, attempt, 'failed', reasons.askedBack(question.text))
    await awaitAnswer(tx, task, question.text)
    return { recorded: true, late: false }
  }
  await endAttempt(tx, attempt, end.outcome, end.reason ?? null)
  if (task.endedAt !== null) return keepLate(tx, task, attempt, end)
  await settle(tx, task, end)
  return { recorded: true, late: false }
}

/** An attempt we had given up reports after all. Unless other work has started or ended the task, it counts. */
async function comeBack(
  tx: Tx,
  task: TaskRow,
  attempt: AttemptRow,
  end: CompleteAttempt,
): Promise<CompleteReply> {
  const wasGivenUp = attempt.outcome === 'lost' || attempt.outcome === 'interrupted'
  if (!wasGivenUp || attempt.lateAt !== null || end.outcome !== 'completed')
    return { recorded: false, late: false }
  if (task.endedAt !== null) return keepLate(tx, task, attempt, end)
  const newer = await findAttempt(tx, { taskId: task.id, no: task.attempt })
  if (newer && newer.no !== attempt.no) {
    if (newer.startedAt !== null) return keepLate(tx, task, attempt, end)
    if (newer.endedAt === null) await endAttempt(tx, newer, 'interrupted', reasons.superseded)
  }
  await storeLate(tx, attempt, end.result ?? '')
  await moveTask(tx, task.id, 'complete', { result: end.result ?? '' })
  return { recorded: true, late: true }
}

async function keepLate(
  tx: Tx,
  task: TaskRow,
  attempt: AttemptRow,
  end: CompleteAttempt,
): Promise<CompleteReply> {
  if (end.outcome !== 'completed' || attempt.lateAt !== null)
    return { recorded: false, late: false }
  const now = await storeLate(tx, attempt, end.result ?? '')
  await deliverLate(tx, task, end.result ?? '', now)
  return { recorded: false, late: true }
}

async function storeLate(tx: Tx, attempt: AttemptRow, result: string): Promise<number> {
  const now = await dbNow(tx)
  await tx
    .updateTable('taskAttempts')
    .set({ lateResult: result, lateAt: now })
    .where('taskId', '=', attempt.taskId)
    .where('no', '=', attempt.no)
    .execute()
  return now
}

type AttemptKey = Pick<AttemptRow, 'taskId' | 'no'>
const markStarted = prepared((tx, { taskId, no, now }: AttemptKey & { now: number }) =>
  tx
    .updateTable('taskAttempts')
    .set({ startedAt: now })
    .where('taskId', '=', taskId)
    .where('no', '=', no),
)

const markActive = prepared((tx, { id, now }: { id: WorkspaceId; now: number }) =>
  tx.updateTable('workspaces').set({ lastActivityAt: now }).where('id', '=', id),
)

/** An attempt belongs to the workspace it was handed to, also when its task has been given to another since. */
async function lockAttempt(tx: Tx, host: HostRef, ref: { task_id: string; attempt: number }) {
  await lockRow(tx, 'tasks', ref.task_id)
  const task = await taskById(tx, ref.task_id as TaskId)
  const attempt = task && (await findAttempt(tx, { taskId: task.id, no: ref.attempt }))
  if (!task || (task.calleeId !== host.workspaceId && attempt?.workspaceId !== host.workspaceId))
    throw notFound('task', ref.task_id)
  if (attempt?.workspaceId !== host.workspaceId)
    throw new DomainError('not_found', `task ${task.id} has no attempt ${ref.attempt}`)
  return { task, attempt }
}
