import { z } from 'zod'

/** What changed, by field; as text when what is stored is not what was once written. */
const Fields = z.union([z.record(z.string(), z.unknown()), z.string()]).nullable()

/**
 * One privileged action. `hash` is SHA-256 over the canonical JSON (RFC 8785) of all other fields, `prev_hash` included, so a
 * change to any record, or to their order, shows at that record.
 */
export const AuditRecord = z.strictObject({
  seq: z.number().int().min(1),
  org_id: z.string(),
  /** RFC 3339, to the millisecond. */
  at: z.string(),
  actor_kind: z.string(),
  actor: z.string(),
  credential_id: z.string().nullable(),
  action: z.string(),
  entity: z.string(),
  entity_id: z.string(),
  before: Fields,
  after: Fields,
  trace_id: z.string().nullable(),
  address: z.string().nullable(),
  prev_hash: z.string(),
  hash: z.string(),
})
export type AuditRecord = z.infer<typeof AuditRecord>

/** `GET /audit`, newest first; `next` is the `before` of the page after this one, null on the last. */
export const AuditPage = z.object({
  records: z.array(AuditRecord),
  next: z.number().int().nullable(),
})
export type AuditPage = z.infer<typeof AuditPage>

/** The end of the chain, to be kept elsewhere: a log that was cut short, or written anew, no longer reaches it. */
export const AuditHead = z.object({
  org_id: z.string(),
  seq: z.number().int().min(0),
  hash: z.string(),
})
export type AuditHead = z.infer<typeof AuditHead>

/** The last line of `GET /audit/export`; a file without it was cut off. */
export const AuditExportEnd = z.strictObject({ head: AuditHead })

/**
 * Why a chain does not hold: a record was `changed` after it was written, is `missing`, does not follow the one before it
 * (`unlinked`), cannot be read as one (`unreadable`); or the end of the log is not the `head` that was noted for it.
 */
export const AuditFault = z.enum(['changed', 'missing', 'unlinked', 'unreadable', 'head'])
export type AuditFault = z.infer<typeof AuditFault>

/** `broken_at` is the first sequence number that does not follow from what stands before it. */
export const AuditVerdict = z.object({
  ok: z.boolean(),
  /** Records that were found right. */
  checked: z.number().int(),
  head: AuditHead.nullable(),
  broken_at: z.number().int().nullable(),
  fault: AuditFault.nullable(),
  /** The field that gives it away: `hash` tells of any column, for it covers them all. */
  field: z.string().nullable(),
  /** A sentence about it. */
  problem: z.string().nullable(),
})
export type AuditVerdict = z.infer<typeof AuditVerdict>
