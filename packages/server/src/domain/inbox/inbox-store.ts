import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import { InboxItem } from '@molecule/contract/task'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, InboxRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'

const PAGE = 100

/** What is not acknowledged yet, after `since`, oldest first. */
export async function readInbox(db: Db, id: WorkspaceId, since: number): Promise<InboxRow[]> {
  return db
    .selectFrom('inbox')
    .selectAll()
    .where('workspaceId', '=', id)
    .where('ackedAt', 'is', null)
    .where('seq', '>', since)
    .orderBy('seq')
    .limit(PAGE)
    .execute()
}

/** Acknowledges everything up to `upTo`; answers how many were new. */
export async function ackInbox(db: Db, id: WorkspaceId, upTo: number): Promise<number> {
  return transact(db, async (tx) => {
    const acked = await tx
      .updateTable('inbox')
      .set({ ackedAt: await dbNow(tx) })
      .where('workspaceId', '=', id)
      .where('ackedAt', 'is', null)
      .where('seq', '<=', upTo)
      .returning('seq')
      .execute()
    return acked.length
  })
}

/** Acknowledges the result of one task: its reader has it from a waiting call. */
export async function ackResult(db: Db, id: WorkspaceId, taskId: TaskId): Promise<void> {
  await transact(db, async (tx) => {
    await tx
      .updateTable('inbox')
      .set({ ackedAt: await dbNow(tx) })
      .where('workspaceId', '=', id)
      .where('taskId', '=', taskId)
      .where('kind', '=', 'result')
      .where('late', '=', 0)
      .where('ackedAt', 'is', null)
      .execute()
  })
}

export const inboxItemToWire = (row: InboxRow): InboxItem =>
  InboxItem.parse({
    seq: row.seq,
    kind: row.kind,
    task_id: row.taskId,
    from_id: row.fromId,
    status: row.status,
    late: row.late === 1,
    text: row.text,
    created_at: new Date(row.createdAt).toISOString(),
  })
