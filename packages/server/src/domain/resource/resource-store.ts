import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Queryable, ResourceRow, Tx, WorkspaceRow } from '../../db/tables.ts'

/** Written before a backend is called, so that nothing it creates can be forgotten. */
export async function recordIntent(
  tx: Tx,
  workspace: WorkspaceRow,
  { backend, nodeId, handle }: { backend: string; nodeId: string; handle: unknown },
): Promise<void> {
  await tx
    .insertInto('resources')
    .values({
      id: randomUUID(),
      orgId: workspace.orgId,
      workspaceId: workspace.id,
      incarnation: workspace.incarnation,
      backend,
      nodeId,
      kind: 'workload',
      handle,
      createdAt: await dbNow(tx),
      stopAttempts: 0,
      plannedEnd: 0,
    })
    .execute()
}

/** Everything not proven gone, oldest start first. */
export async function openResources(
  db: Queryable,
  workspaceId?: WorkspaceId,
): Promise<ResourceRow[]> {
  return db
    .selectFrom('resources')
    .selectAll()
    .where('closedAt', 'is', null)
    .$if(workspaceId !== undefined, (q) => q.where('workspaceId', '=', workspaceId as WorkspaceId))
    .orderBy('workspaceId')
    .orderBy('incarnation')
    .execute()
}

/** What is still open of a workspace ends because we want it to. */
export async function planEnd(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  await tx
    .updateTable('resources')
    .set({ plannedEnd: 1 })
    .where('workspaceId', '=', workspaceId)
    .where('closedAt', 'is', null)
    .execute()
}

export async function confirmStarted(tx: Tx, id: string, handle: unknown): Promise<void> {
  await tx
    .updateTable('resources')
    .set({ handle, confirmedAt: await dbNow(tx) })
    .where('id', '=', id)
    .execute()
}

/** True for the one who closed it. */
export async function closeResource(tx: Tx, id: string): Promise<boolean> {
  const closed = await tx
    .updateTable('resources')
    .set({ closedAt: await dbNow(tx) })
    .where('id', '=', id)
    .where('closedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return closed !== undefined
}

export async function recordStopFailure(
  tx: Tx,
  id: string,
  failure: {
    stopAttempts: number
    nextStopAt: number
    leakSuspectAt: number | null
    lastError: string
  },
): Promise<void> {
  await tx.updateTable('resources').set(failure).where('id', '=', id).execute()
}

/** Of each backend that a workspace ran on, its newest start there. */
export async function newestPerBackend(
  db: Queryable,
  workspaceId: WorkspaceId,
): Promise<ResourceRow[]> {
  const rows = await db
    .selectFrom('resources')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .orderBy('incarnation')
    .execute()
  return [...new Map(rows.map((row) => [row.backend, row])).values()]
}

/** What the workspace runs as now, or ran as last. */
export async function newestResource(
  db: Queryable,
  workspaceId: WorkspaceId,
): Promise<ResourceRow | undefined> {
  return db
    .selectFrom('resources')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .orderBy('incarnation', 'desc')
    .limit(1)
    .executeTakeFirst()
}
