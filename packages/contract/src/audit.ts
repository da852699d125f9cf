import { z } from 'zod'
import { Timestamp } from './id.ts'

/**
 * One privileged action. `hash` is SHA-256 over the canonical JSON (RFC 8785) of all other fields, `prev_hash` included, so a
 * change to any row, or to their order, shows at that row.
 */
export const AuditRecord = z.strictObject({
  seq: z.number().int().min(1),
  org_id: z.string(),
  at: Timestamp,
  actor_kind: z.string(),
  actor: z.string(),
  credential_id: z.string().nullable(),
  action: z.string(),
  entity: z.string(),
  entity_id: z.string(),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
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

/** The end of the chain, to be kept elsewhere: a log that was cut short no longer reaches it. */
export const AuditHead = z.object({ org_id: z.string(), seq: z.number().int(), hash: z.string() })
export type AuditHead = z.infer<typeof AuditHead>

/** `broken_at` is the first sequence number that does not follow from what stands before it. */
export const AuditVerdict = z.object({
  ok: z.boolean(),
  checked: z.number().int(),
  head: AuditHead.nullable(),
  broken_at: z.number().int().nullable(),
  problem: z.string().nullable(),
})
export type AuditVerdict = z.infer<typeof AuditVerdict>
