import type { TaskId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { notFound } from '../error.ts'
import { recordTask } from '../event/record.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { endAttempt } from './task-attempt-end.ts'
import * as reasons from './task-reason.ts'
import { moveTask } from './task-status.ts'
import { findTask, openDescendants, taskById } from './task-store.ts'

/** Cancels a task and everything it delegated. What runs is told to end, and is `canceled` once it has. */
export async function cancelTask(db: Db, principal: Principal, id: string): Promise<TaskRow> {
  return transact(db, async (tx) => {
    const task = await findTask(tx, scopeOf(principal), id)
    if (!task) throw notFound('task', id)
    if (task.endedAt !== null) return task
    const ids = [task.id, ...(await openDescendants(tx, task.id))].sort()
    for (const each of ids) await requestCancel(tx, each, actorOf(principal))
    return (await taskById(tx, task.id)) ?? task
  })
}

async function requestCancel(tx: Tx, id: TaskId, actor: string): Promise<void> {
  await lockRow(tx, 'tasks', id)
  const open = await tx
    .selectFrom('taskAttempts')
    .selectAll()
    .where('taskId', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (open && open.startedAt !== null) return markCanceled(tx, id, actor)
  if (open) await endAttempt(tx, open, 'canceled', reasons.canceled)
  await moveTask(tx, id, 'cancel', { error: reasons.canceled })
}

async function markCanceled(tx: Tx, id: TaskId, actor: string): Promise<void> {
  const now = await dbNow(tx)
  const row = await tx
    .updateTable('tasks')
    .set({ cancelRequestedAt: now, updatedAt: now, rev: sql`rev + 1` })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .where('cancelRequestedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row) await recordTask(tx, 'STATUS', row, { actor })
}
