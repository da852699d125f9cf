import type { AuditRecord } from '@molecule/contract/audit'
import type { AuditFilter } from '@molecule/sdk'
import type { Command } from 'commander'
import { wholeNumber } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import type { Column } from '../../output/table.ts'

type ListOptions = Omit<AuditFilter, 'entity_id'> & { entity?: string }

export const auditList = (command: Command, cli: Cli) =>
  command
    .option('--actor <actor>', 'only what this one did, for example user:ada')
    .option('--action <action>', 'only this: secret.save, or secret for all done to secrets')
    .option('--entity <id>', 'only what was done to this')
    .option('--from <time>', 'not before this time: 2026-01-31T00:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--before <seq>', 'only records before this one', wholeNumber)
    .option('--limit <n>', 'at most this many, up to 500', wholeNumber)
    .action((options: ListOptions) => listAudit(cli, options))

async function listAudit(cli: Cli, { entity, ...filter }: ListOptions) {
  const { out, signal } = cli
  const query = { ...filter, ...(entity === undefined ? {} : { entity_id: entity }) }
  const page = await cli.client().audit.list(query, { signal })
  out.show(page, () => {
    if (page.records.length === 0) return out.note('No records.')
    out.table(page.records, columns)
    if (page.next !== null) out.note(`There are more: add --before ${page.next}`)
  })
}

const columns: Column<AuditRecord>[] = [
  { title: 'SEQ', cell: ({ seq }) => seq, align: 'right' },
  { title: 'TIME', cell: ({ at }) => at, dropRank: 2 },
  { title: 'ACTOR', cell: ({ actor }) => actor, canShrink: true },
  { title: 'ACTION', cell: ({ action }) => action },
  { title: 'ENTITY', cell: ({ entity_id }) => entity_id, canShrink: true, tone: 'dim' },
  { title: 'CHANGE', cell: changeOf, canShrink: true, dropRank: 1 },
]

/** `name: "a" → "b"` for each field. */
function changeOf({ before, after }: AuditRecord): string {
  const was = fieldsOf(before)
  const is = fieldsOf(after)
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((field) => `${field}: ${[was, is].flatMap((side) => valueIn(side, field)).join(' → ')}`)
    .join(', ')
}

const fieldsOf = (fields: AuditRecord['before']) =>
  typeof fields === 'string' ? { unreadable: fields } : (fields ?? {})

const valueIn = (fields: Record<string, unknown>, name: string) =>
  name in fields ? [JSON.stringify(fields[name])] : []
