import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError, notFound } from '../error.ts'
import { recordTask } from '../event/record.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { createTaskIn } from './task-create.ts'
import { NO_DEADLINE } from './task-deadline.ts'
import { findTask, taskById } from './task-store.ts'

/** The same work as a new task, which stands in the place of the old one. Asked again, it is the same new task. */
export async function retryTask(db: Db, principal: Principal, id: string): Promise<TaskRow> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const task = await findTask(tx, scopeOf(principal), id)
    if (!task) throw notFound('task', id)
    if (task.supersededBy !== null) return (await taskById(tx, task.supersededBy)) ?? task
    refuseRetry(task)
    const { task: next } = await createTaskIn(tx, scopeOf(principal), {
      caller: { kind: task.callerKind, id: task.callerId },
      calleeId: task.calleeId,
      text: await requestOf(tx, task),
      contextId: task.contextId,
      maxAttempts: task.maxAttempts,
      priority: task.priority,
      retryOf: task.id,
    })
    await supersede(tx, task, next)
    return next
  })
}

function refuseRetry(task: TaskRow): void {
  if (task.endedAt === null)
    throw new DomainError('not_allowed_now', `the task is ${task.status}`, {
      hint: 'Cancel it first, or wait until it has ended.',
    })
  if (task.isRecorded === 1)
    throw new DomainError('not_allowed_now', 'its caller carries this out by itself', {
      hint: 'Ask the workspace that recorded it.',
    })
}

async function requestOf(tx: Tx, { id }: TaskRow): Promise<string> {
  const { text } = await tx
    .selectFrom('taskRequests')
    .select('text')
    .where('taskId', '=', id)
    .executeTakeFirstOrThrow()
  return text
}

async function supersede(tx: Tx, task: TaskRow, next: TaskRow): Promise<void> {
  await lockRow(tx, 'tasks', task.id)
  const row = await tx
    .updateTable('tasks')
    .set({ supersededBy: next.id, rev: sql`rev + 1`, updatedAt: await dbNow(tx) })
    .where('id', '=', task.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordTask(tx, 'STATUS', row)
}

/** Gives an open task more time, also one whose deadline its caller had set. */
export async function extendTask(
  db: Db,
  principal: Principal,
  id: string,
  seconds: number,
): Promise<TaskRow> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'tasks', id)
    const task = await findTask(tx, scopeOf(principal), id)
    if (!task) throw notFound('task', id)
    if (task.endedAt !== null)
      throw new DomainError('already_terminal', `the task is ${task.status}`, {
        hint: 'Ask for it again: POST /tasks/:id/retry.',
        extra: { status: task.status },
      })
    if (task.deadline === NO_DEADLINE) return task
    const now = await dbNow(tx)
    const row = await tx
      .updateTable('tasks')
      .set({
        deadline: Math.max(now, task.deadline) + seconds * 1000,
        updatedAt: now,
        rev: sql`rev + 1`,
      })
      .where('id', '=', task.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await recordTask(tx, 'STATUS', row, { actor: actorOf(principal) })
    return row
  })
}
