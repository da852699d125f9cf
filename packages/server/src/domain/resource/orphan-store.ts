import { randomUUID } from 'node:crypto'
import type { Orphan } from '@molecule/contract/admin'
import type { OrphanRow, Queryable, Tx } from '../../db/tables.ts'

/** A workload as its backend names it. */
export type Sighting = {
  backend: string
  nodeId: string
  workspaceId: string
  incarnation: number
  handle: unknown
}

export const sightingKey = ({
  backend,
  workspaceId,
  incarnation,
}: Pick<Sighting, 'backend' | 'workspaceId' | 'incarnation'>) =>
  `${backend}/${workspaceId}/${incarnation}`

export async function listOrphans(db: Queryable, nodeId?: string): Promise<OrphanRow[]> {
  return db
    .selectFrom('orphans')
    .selectAll()
    .$if(nodeId !== undefined, (query) => query.where('nodeId', '=', nodeId as string))
    .orderBy('firstSeenAt')
    .orderBy('id')
    .execute()
}

/** Begins or goes on with the quarantine of what this round has seen. */
export async function recordSighting(tx: Tx, seen: Sighting, now: number): Promise<void> {
  const { backend, nodeId, workspaceId, incarnation, handle } = seen
  await tx
    .insertInto('orphans')
    .values({
      id: randomUUID(),
      backend,
      nodeId,
      workspaceId,
      incarnation,
      handle,
      firstSeenAt: now,
      lastSeenAt: now,
      rounds: 1,
      stopAttempts: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(['backend', 'nodeId', 'workspaceId', 'incarnation']).doUpdateSet((is) => ({
        lastSeenAt: now,
        rounds: is('orphans.rounds', '+', 1),
      })),
    )
    .execute()
}

export async function forgetOrphan(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('orphans').where('id', '=', id).execute()
}

export async function recordOrphanStopFailure(
  tx: Tx,
  { id, stopAttempts }: OrphanRow,
  lastError: string,
): Promise<void> {
  await tx
    .updateTable('orphans')
    .set({ stopAttempts: stopAttempts + 1, lastError })
    .where('id', '=', id)
    .execute()
}

const time = (ms: number) => new Date(ms).toISOString()

export const orphanToWire = (row: OrphanRow): Orphan => ({
  id: row.id,
  backend: row.backend,
  workspace_id: row.workspaceId,
  incarnation: row.incarnation,
  first_seen_at: time(row.firstSeenAt),
  last_seen_at: time(row.lastSeenAt),
  rounds: row.rounds,
  stop_attempts: row.stopAttempts,
  last_error: row.lastError,
})
