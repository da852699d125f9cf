import { createHash } from 'node:crypto'
import type { AuditHead, AuditRecord } from '@molecule/contract/audit'
import { auditText, GENESIS } from '@molecule/contract/audit-chain'
import { canonicalJson } from '@molecule/contract/canonical-json'

const hashOf = (record: Omit<AuditRecord, 'hash'>) =>
  createHash('sha256').update(auditText(record)).digest('hex')

/** A chain as a server writes it. */
export function auditRecords(count: number, given: Partial<AuditRecord> = {}): AuditRecord[] {
  const records: AuditRecord[] = []
  for (let seq = 1; seq <= count; seq++)
    records.push(
      sealed({
        seq,
        org_id: 'org',
        at: `2026-01-02T03:04:05.${String(seq).padStart(3, '0')}Z`,
        actor_kind: 'session',
        actor: 'user:ada',
        credential_id: `credential ${seq}`,
        action: 'workspace.update',
        entity: 'workspace',
        entity_id: 'echo',
        before: { name: `Echo ${seq}` },
        after: { name: `Echo ${seq + 1}`, role: 'größer <&> 🙂' },
        trace_id: `trace ${seq}`,
        address: '127.0.0.1',
        prev_hash: records.at(-1)?.hash ?? GENESIS,
        ...given,
      }),
    )
  return records
}

export const sealed = (record: Omit<AuditRecord, 'hash'>): AuditRecord => ({
  ...record,
  hash: hashOf(record),
})

export const headOf = (records: readonly AuditRecord[]): AuditHead => {
  const last = records.at(-1)
  return { org_id: 'org', seq: last?.seq ?? 0, hash: last?.hash ?? GENESIS }
}

/** The file; its head is that of the records unless another is given. */
export const exportText = (records: readonly unknown[], head: AuditHead | null) =>
  [...records, ...(head ? [{ head }] : [])].map((line) => `${canonicalJson(line)}\n`).join('')
