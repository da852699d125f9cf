import type { AuditHead, AuditRecord } from '@molecule/contract/audit'
import { parseCanonical } from '@molecule/contract/canonical-json'
import type { AuditHeadRow, AuditRow } from '../../db/tables.ts'

/**
 * The record as it is told, and as it is hashed. Not parsed by its schema: a row that somebody changed must still be shown,
 * and must not look like the one that was written.
 */
export const auditToWire = (row: AuditRow): AuditRecord => ({
  seq: row.seq,
  org_id: row.orgId,
  at: timeOf(row.at),
  actor_kind: row.actorKind,
  actor: row.actor,
  credential_id: row.credentialId,
  action: row.action,
  entity: row.entity,
  entity_id: row.entityId,
  before: fieldsOf(row.before),
  after: fieldsOf(row.after),
  trace_id: row.traceId,
  address: row.address,
  prev_hash: row.prevHash,
  hash: row.hash,
})

export const headToWire = ({ id, seq, hash }: AuditHeadRow): AuditHead => ({
  org_id: id,
  seq,
  hash,
})

/** The latest time that a date can tell. */
const LAST_TIME = 8.64e15

const timeOf = (ms: number): string =>
  Number.isInteger(ms) && Math.abs(ms) <= LAST_TIME ? new Date(ms).toISOString() : String(ms)

function fieldsOf(text: string | null): AuditRecord['before'] {
  if (text === null) return null
  const parsed = parseCanonical(text)
  return parsed ? (parsed.value as AuditRecord['before']) : text
}
