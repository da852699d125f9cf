import type { AuditRecord } from '@molecule/contract/audit'

export type FieldChange = {
  field: string
  /** Undefined where the field was not there. */
  before: string | undefined
  after: string | undefined
}

/** A side of a record, which is text when what is stored is not what was once written. */
type Side = AuditRecord['before'] | string

export function fieldsOf(side: Side): Readonly<Record<string, unknown>> {
  return typeof side === 'string' ? { '?': side } : (side ?? {})
}

/** The fields that differ, in the order in which the record tells them. */
export function recordDiff(record: { before: Side; after: Side }): FieldChange[] {
  const [before, after] = [fieldsOf(record.before), fieldsOf(record.after)]
  const fields = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...fields]
    .map((field) => ({ field, before: shown(before[field]), after: shown(after[field]) }))
    .filter((change) => change.before !== change.after)
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}
