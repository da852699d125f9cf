import type { AuditFault, AuditHead, AuditRecord, AuditVerdict } from './audit.ts'
import { canonicalJson } from './canonical-json.ts'

/** What the first record follows. */
export const GENESIS = '0'.repeat(64)

/** A place in the chain: the record of that number has that hash. */
export type AuditPoint = Pick<AuditHead, 'seq' | 'hash'>

export const auditStart: AuditPoint = { seq: 0, hash: GENESIS }

/** What the hash of a record is taken of: all of it but the hash. */
export const auditText = ({ hash: _, ...rest }: Omit<AuditRecord, 'hash'> & { hash?: string }) =>
  canonicalJson(rest)

/** Where a chain breaks, and how that shows. */
export type AuditBreak = { at: number; fault: AuditFault; field: string | null; problem: string }

export type ChainOptions = {
  /** SHA-256 of a text in UTF-8, as lower-case hexadecimal. */
  sha256: (text: string) => string
  orgId?: string
  /** Where the records begin; without it with the first there is. */
  after?: AuditPoint
  /** A place that was noted elsewhere and that the chain must run through. */
  through?: AuditPoint
}

/** Follows a chain record by record, oldest first, and remembers nothing of it but its end. */
export function auditChain({ sha256, orgId, after = auditStart, through }: ChainOptions) {
  let last = after
  let org = orgId
  let checked = 0
  let broken = through && atKnownPlace(through, last)

  const faultOf = (record: AuditRecord): AuditBreak | undefined => {
    const missing = atPlace(record, last)
    if (missing) return missing
    const hash = sha256(auditText(record))
    if (hash !== record.hash) return changed(record, last)
    if (record.prev_hash !== last.hash) return unlinked(record.seq, last.seq)
    if (org !== undefined && record.org_id !== org)
      return {
        at: record.seq,
        fault: 'unlinked',
        field: 'org_id',
        problem: `record ${record.seq} is of another org`,
      }
    return through && atKnownPlace(through, record)
  }

  return {
    get last() {
      return last
    },
    /** Answers whether the chain holds up to this record, and with it. */
    follow(record: AuditRecord): boolean {
      broken ??= faultOf(record)
      if (broken) return false
      last = { seq: record.seq, hash: record.hash }
      org = record.org_id
      checked += 1
      return true
    },
    /** What stands in place of the next record cannot be read as one. */
    refuse(problem: string, field: string | null = null) {
      const at = last.seq + 1
      broken ??= { at, fault: 'unreadable', field, problem: `record ${at} ${problem}` }
    },
    /** `head` is what was noted as the end of these records. */
    end(head: AuditHead | null): AuditVerdict {
      broken ??= endOf(head, { ...last, org }) ?? (through && beforeKnownPlace(through, last))
      return verdictOf(checked, head, broken)
    },
  }
}

function atPlace({ seq }: AuditRecord, last: AuditPoint): AuditBreak | undefined {
  const at = last.seq + 1
  if (seq === at) return undefined
  const before = last.seq === 0 ? 'the log begins with' : `after record ${last.seq} comes`
  if (seq > at)
    return {
      at,
      fault: 'missing',
      field: 'seq',
      problem: `record ${at} is missing: ${before} ${seq}`,
    }
  return {
    at,
    fault: 'unlinked',
    field: 'seq',
    problem: `record ${seq} stands where ${at} belongs`,
  }
}

const changed = ({ seq, prev_hash }: AuditRecord, last: AuditPoint): AuditBreak => ({
  at: seq,
  fault: 'changed',
  field: prev_hash === last.hash ? 'hash' : 'prev_hash',
  problem: `record ${seq} was changed after it was written: its hash is of other content`,
})

const unlinked = (at: number, before: number): AuditBreak => ({
  at,
  fault: 'unlinked',
  field: 'prev_hash',
  problem:
    before === 0
      ? `record ${at} follows another record, but is the first`
      : `record ${at} does not follow record ${before}: one of the two was replaced`,
})

function atKnownPlace(known: AuditPoint, here: AuditPoint): AuditBreak | undefined {
  if (here.seq !== known.seq || here.hash === known.hash) return undefined
  return {
    at: here.seq,
    fault: 'head',
    field: 'hash',
    problem: `record ${here.seq} is not the one of the head you gave: the log was written anew`,
  }
}

function beforeKnownPlace(known: AuditPoint, last: AuditPoint): AuditBreak | undefined {
  if (last.seq >= known.seq) return undefined
  return {
    at: last.seq + 1,
    fault: 'head',
    field: 'seq',
    problem: `the log ends at record ${last.seq}, the head you gave is ${known.seq}: its end was cut off`,
  }
}

type End = AuditPoint & { org: string | undefined }

function endOf(head: AuditHead | null, last: End): AuditBreak | undefined {
  if (head === null) {
    if (last.seq === 0) return undefined
    return { at: last.seq, fault: 'head', field: null, problem: 'the head of the log is missing' }
  }
  if (head.seq > last.seq)
    return {
      at: last.seq + 1,
      fault: 'missing',
      field: 'seq',
      problem: `the log ends at record ${last.seq}, its head is ${head.seq}: its end was cut off`,
    }
  const field = (['seq', 'hash'] as const).find((each) => head[each] !== last[each])
  const isOfAnother = last.org !== undefined && head.org_id !== last.org
  if (field === undefined && !isOfAnother) return undefined
  return {
    at: last.seq,
    fault: 'head',
    field: field ?? 'org_id',
    problem: `the log ends at record ${last.seq}, but its head is of another record`,
  }
}

const verdictOf = (
  checked: number,
  head: AuditHead | null,
  broken: AuditBreak | undefined,
): AuditVerdict => ({
  ok: broken === undefined,
  checked,
  head,
  broken_at: broken?.at ?? null,
  fault: broken?.fault ?? null,
  field: broken?.field ?? null,
  problem: broken?.problem ?? null,
})
