import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { WaitingFor } from '@molecule/contract/task'
import type { Reason } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { TaskRow, Tx } from '../../db/tables.ts'
import { recordTask } from '../event/record.ts'
import { DEFAULT_DEADLINE_MS, NO_DEADLINE } from './task-deadline.ts'

/** Tasks whose workspace is stopped on purpose wait for it, and their deadline with them. Answers them, to be told of. */
export function holdTasks(tx: Tx, ids: WorkspaceId[]): Promise<TaskRow[]> {
  return setWaiting(tx, ids, { from: null, to: 'workspace' })
}

/** The workspace is wanted again: its tasks wait no longer, and a deadline that nobody set counts from now. */
export function releaseTasks(tx: Tx, ids: WorkspaceId[]): Promise<TaskRow[]> {
  return setWaiting(tx, ids, { from: 'workspace', to: null })
}

/** A new start of the workspace may have what was missing: its tasks that failed for want of a login are tried again. */
export function releaseLogins(tx: Tx, id: WorkspaceId): Promise<TaskRow[]> {
  return setWaiting(tx, [id], { from: 'auth', to: null })
}

type Change = { from: 'workspace' | 'auth' | null; to: 'workspace' | null }

/** One by one in the order of ids, which is that of locks. */
async function setWaiting(tx: Tx, ids: WorkspaceId[], { from, to }: Change): Promise<TaskRow[]> {
  if (ids.length === 0) return []
  const found = await tx
    .selectFrom('tasks')
    .select('id')
    .where('calleeId', 'in', ids)
    .where('endedAt', 'is', null)
    .where('waitingFor', from === null ? 'is' : '=', from)
    .orderBy('id')
    .execute()
  const changed: TaskRow[] = []
  for (const { id } of found) {
    const row = await setWait(tx, id, to)
    if (row) changed.push(row)
  }
  return changed
}

type More = {
  calleeId?: WorkspaceId
  nextAttemptAt?: number
  retryCount?: number
  waitReason?: Reason
}

/**
 * The only writer of what an open task waits for. A deadline that nobody set counts anew from the end of a wait, as it
 * stood still meanwhile.
 */
export async function setWait(
  tx: Tx,
  id: TaskId,
  to: WaitingFor | null,
  more: More = {},
): Promise<TaskRow | undefined> {
  const now = await dbNow(tx)
  return tx
    .updateTable('tasks')
    .set((is) => ({
      ...more,
      waitingFor: to,
      waitReason: more.waitReason ?? null,
      deadline:
        to === null
          ? is
              .case()
              .when(
                is.or([
                  is('waitingFor', 'is', null),
                  is('deadlineIsHard', '=', 1),
                  is('deadline', '=', NO_DEADLINE),
                ]),
              )
              .then(is.ref('deadline'))
              .else(now + DEFAULT_DEADLINE_MS)
              .end()
          : is.ref('deadline'),
      updatedAt: now,
      rev: sql<number>`rev + 1`,
    }))
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

export async function recordWaiting(tx: Tx, tasks: TaskRow[], actor: string): Promise<void> {
  for (const task of tasks) await recordTask(tx, 'STATUS', task, { actor })
}
