import type { TaskId } from '@molecule/contract/id'
import { isTerminal, openTaskStatuses, type TaskStatus } from '@molecule/contract/task'
import type { Reason } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { TaskRow, Tx } from '../../db/tables.ts'
import { preview } from '../../lib/preview.ts'
import { recordTask } from '../event/record.ts'
import { deliverOutcome } from '../inbox/deliver.ts'

type Move = {
  from: readonly TaskStatus[]
  to: TaskStatus
  event: 'STATUS' | 'COMPLETE' | 'FAILED'
}

/** Every legal move. Terminal statuses are in no `from`: they are never revised. */
const moves = {
  dispatch: { from: ['queued'], to: 'dispatched', event: 'STATUS' },
  begin: { from: ['queued', 'dispatched'], to: 'in_progress', event: 'STATUS' },
  complete: { from: ['dispatched', 'in_progress'], to: 'completed', event: 'COMPLETE' },
  fail: { from: openTaskStatuses, to: 'failed', event: 'FAILED' },
  stick: { from: openTaskStatuses, to: 'stuck', event: 'FAILED' },
  cancel: { from: openTaskStatuses, to: 'canceled', event: 'STATUS' },
} as const satisfies Record<string, Move>
export type TaskMove = keyof typeof moves

type Changes = {
  dispatch: { attempt: number; fence: number }
  begin: { lastHeartbeat: number; lastProgressAt: number }
  complete: { result: string }
  fail: { error: Reason }
  stick: { error: Reason }
  cancel: { error: Reason }
}

const PREVIEW_LENGTH = 300

/**
 * Compare and set, the only writer of `status`, `result_preview`, `error` and `ended_at`. A terminal move stores the
 * result and tells the caller in the same transaction. Answers nothing when the move is not legal now.
 */
export async function moveTask<M extends TaskMove>(
  tx: Tx,
  id: TaskId,
  move: M,
  change: Changes[M],
): Promise<TaskRow | undefined> {
  const { from, to, event }: Move = moves[move]
  const { result, ...columns } = change as { result?: string }
  const now = await dbNow(tx)
  const row = await tx
    .updateTable('tasks')
    .set({ updatedAt: now, rev: sql`rev + 1` })
    .set({
      ...columns,
      status: to,
      ...(result === undefined ? {} : { resultPreview: preview(result, PREVIEW_LENGTH) }),
      ...(isTerminal(to) ? { endedAt: now, waitingFor: null, waitReason: null } : {}),
    } as never)
    .where('id', '=', id)
    .where('status', 'in', from)
    .returningAll()
    .executeTakeFirst()
  if (!row) return undefined
  if (result !== undefined)
    await tx.insertInto('taskResults').values({ taskId: id, text: result }).execute()
  if (isTerminal(to)) await deliverOutcome(tx, row, result)
  await recordTask(tx, event, row)
  return row
}
