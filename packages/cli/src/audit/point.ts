import type { AuditPoint } from '@molecule/contract/audit-chain'
import { usageError } from '../cli-error.ts'

/** `<seq>:<hash>`: a place in the chain, as a head is printed. */
export function auditPoint(text: string): AuditPoint {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq !== undefined && hash !== undefined) return { seq: Number(seq), hash }
  throw usageError(
    `"${text}" is not a place in the audit log.`,
    'Give <seq>:<hash>, as `molecule audit verify` prints the head.',
  )
}

export const pointText = ({ seq, hash }: AuditPoint) => `${seq}:${hash}`
