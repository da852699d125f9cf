import { auditStart, auditText } from '@molecule/contract/audit-chain'
import { canonicalJson } from '@molecule/contract/canonical-json'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { AuditHeadRow, AuditRow, Db, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { cleanText } from '../../lib/clean-text.ts'
import { sha256 } from '../../lib/sha256.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { findAuditHead } from './audit-store.ts'
import { auditToWire } from './audit-wire.ts'

/** What is done, to what, and what of it changed. Values of secrets and tokens never belong here. */
export type Deed = {
  /** `<noun>.<verb>`, for example `secret.save`. */
  action: string
  entity: string
  entityId: string
  before?: Record<string, unknown> | null
  after?: Record<string, unknown> | null
}

/** The most that is kept of one side of a change; of more, its size and hash. */
const MAX_FIELDS_CHARACTERS = 16_384

/** Appends a row to the chain of the org, in the transaction of what it tells of; before its events, which lock last. */
export async function audit(tx: Tx, principal: Principal, deed: Deed): Promise<void> {
  const head = await lockHead(tx, principal.orgId)
  const row: Omit<AuditRow, 'hash'> = {
    seq: head.seq + 1,
    orgId: principal.orgId,
    at: await dbNow(tx),
    actorKind: principal.kind,
    actor: cleanText(actorOf(principal)),
    credentialId: ('credentialId' in principal && principal.credentialId) || null,
    action: deed.action,
    entity: deed.entity,
    entityId: cleanText(deed.entityId),
    before: fieldsText(deed.before),
    after: fieldsText(deed.after),
    traceId: principal.origin?.traceId ?? null,
    address: principal.origin?.address ?? null,
    prevHash: head.hash,
  }
  const hash = sha256(auditText(auditToWire({ ...row, hash: '' })))
  await tx
    .insertInto('audit')
    .values({ ...row, hash })
    .execute()
  await tx.updateTable('auditHead').set({ seq: row.seq, hash }).where('id', '=', head.id).execute()
}

/** The same for what changes no row, in a transaction of its own: written before it is done. */
export async function auditAlone(db: Db, principal: Principal, deed: Deed): Promise<void> {
  await transact(db, (tx) => audit(tx, principal, deed))
}

/** One writer at a time holds the end of the chain, so that it has neither gap nor fork. */
async function lockHead(tx: Tx, orgId: string): Promise<AuditHeadRow> {
  await tx
    .insertInto('auditHead')
    .values({ id: orgId, ...auditStart })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  await lockRow(tx, 'auditHead', orgId)
  const head = await findAuditHead(tx, orgId)
  if (!head) throw new Error('the head of the audit log is gone')
  return head
}

function fieldsText(fields: Deed['before']): string | null {
  if (!fields) return null
  const text = canonicalJson(fields)
  if (text.length <= MAX_FIELDS_CHARACTERS) return text
  return canonicalJson({ left_out: { characters: text.length, sha256: sha256(text) } })
}
