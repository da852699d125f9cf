import { snapshotRead } from '../../db/snapshot-read.ts'
import type { AuditHeadRow, AuditRow, Db, Queryable } from '../../db/tables.ts'
import type { OrgScope } from '../identity/principal.ts'

export type AuditQuery = {
  limit: number
  /** Only rows before this sequence number. */
  before?: number | undefined
  actor?: string | undefined
  /** A whole action, or a noun for everything done to its kind. */
  action?: string | undefined
  entityId?: string | undefined
  /** Milliseconds; `from` is included, `to` is not. */
  from?: number | undefined
  to?: number | undefined
}

/** Newest first. */
export async function listAudit(
  db: Queryable,
  scope: OrgScope,
  { limit, before, actor, action, entityId, from, to }: AuditQuery,
): Promise<AuditRow[]> {
  let query = db.selectFrom('audit').selectAll().where('orgId', '=', scope.orgId)
  if (before !== undefined) query = query.where('seq', '<', before)
  if (actor !== undefined) query = query.where('actor', '=', actor)
  if (entityId !== undefined) query = query.where('entityId', '=', entityId)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<', to)
  if (action?.includes('.')) query = query.where('action', '=', action)
  // What begins with "noun." lies before "noun/": the slash is the character after the dot.
  else if (action !== undefined)
    query = query.where('action', '>=', `${action}.`).where('action', '<', `${action}/`)
  return query.orderBy('seq', 'desc').limit(limit).execute()
}

export type ChainPage = { rows: AuditRow[]; head: AuditHeadRow | undefined }

/** The rows after `seq`, oldest first, and the head of the same moment. */
export async function chainPage(
  db: Db,
  scope: OrgScope,
  { after, limit }: { after: number; limit: number },
): Promise<ChainPage> {
  return snapshotRead(db, async (tx) => {
    const rows = await tx
      .selectFrom('audit')
      .selectAll()
      .where('orgId', '=', scope.orgId)
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(limit)
      .execute()
    return { rows, head: await findAuditHead(tx, scope.orgId) }
  })
}

export async function findAuditHead(
  db: Queryable,
  orgId: string,
): Promise<AuditHeadRow | undefined> {
  return db.selectFrom('auditHead').selectAll().where('id', '=', orgId).executeTakeFirst()
}
