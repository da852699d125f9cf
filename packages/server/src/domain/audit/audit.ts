import { createHash } from 'node:crypto'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { AuditRow, Tx } from '../../db/tables.ts'
import { canonicalJson } from '../../lib/canonical-json.ts'
import { actorOf, type Principal } from '../identity/principal.ts'

/** What is done, to what, and what of it changed. Values of secrets and tokens never belong here. */
export type Deed = {
  /** `<noun>.<verb>`, for example `secret.save`. */
  action: string
  entity: string
  entityId: string
  before?: Record<string, unknown> | null
  after?: Record<string, unknown> | null
}

/** What the first row follows. */
export const GENESIS = '0'.repeat(64)

/** Appends a row to the chain of the org, in the transaction of what it tells of; before its events, which lock last. */
export async function audit(tx: Tx, principal: Principal, deed: Deed): Promise<void> {
  const { orgId } = principal
  await tx
    .insertInto('auditHead')
    .values({ id: orgId, seq: 0, hash: GENESIS })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await lockRow(tx, 'auditHead', orgId)
  const head = await tx
    .selectFrom('auditHead')
    .selectAll()
    .where('id', '=', orgId)
    .executeTakeFirstOrThrow()
  const row: Omit<AuditRow, 'hash'> = {
    seq: head.seq + 1,
    orgId,
    at: await dbNow(tx),
    actorKind: principal.kind,
    actor: actorOf(principal),
    credentialId: ('credentialId' in principal && principal.credentialId) || null,
    action: deed.action,
    entity: deed.entity,
    entityId: deed.entityId,
    before: deed.before ? canonicalJson(deed.before) : null,
    after: deed.after ? canonicalJson(deed.after) : null,
    traceId: principal.origin?.traceId ?? null,
    address: principal.origin?.address ?? null,
    prevHash: head.hash,
  }
  const hash = hashOf(row)
  await tx
    .insertInto('audit')
    .values({ ...row, hash })
    .execute()
  await tx.updateTable('auditHead').set({ seq: row.seq, hash }).where('id', '=', orgId).execute()
}

/** Covers every column but itself. */
export const hashOf = (row: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256').update(canonicalJson(row)).digest('hex')
