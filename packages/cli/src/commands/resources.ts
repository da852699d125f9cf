import type { Resource, ResourceList } from '@molecule/contract/admin'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { Column } from '../output/table.ts'
import { duration, since } from '../output/time.ts'
import { amount, costOf, cpuOf, memoryOf } from '../output/usage.ts'

export const resources = (command: Command, cli: Cli) =>
  command
    .option('--all', 'also what is proven gone')
    .action(async ({ all = false }: { all?: boolean }) => {
      const { out, signal } = cli
      const list = await cli.client().admin.resources({ open: !all }, { signal })
      out.show(list, () => print(cli, list))
    })

function print({ out }: Cli, { resources: rows, orphans, purges, sweep_brake }: ResourceList) {
  if (rows.length === 0) out.note('Nothing was started that is not proven gone.')
  else out.table(rows, columns)
  out.lines([
    ...orphans.map(
      (one) =>
        `orphan  ${one.backend}  ${one.workspace_id}/${one.incarnation}  seen for ${since(one.first_seen_at)}${one.last_error ? `  ${one.last_error}` : ''}`,
    ),
    ...purges.map(
      (one) =>
        `purge   ${one.workspace_name}  ${one.attempts} tries${one.last_error ? `  ${one.last_error}` : ''}`,
    ),
  ])
  const costs = costLine(rows)
  if (costs) out.note(costs)
  if (sweep_brake !== null) out.note(`The orphan sweep stops nothing: ${sweep_brake}`)
}

/** What all that is not proven gone costs an hour, where the operator said what its backend costs. */
function costLine(rows: readonly Resource[]): string | undefined {
  const open = rows.flatMap(({ closed_at, cost }) => (closed_at === null && cost ? [cost] : []))
  if (open.length === 0) return undefined
  const perHour = open.reduce((sum, { per_hour }) => sum + per_hour, 0)
  return `What is open costs ${amount(perHour)} an hour.`
}

const columns: Column<Resource>[] = [
  { title: 'WORKSPACE', cell: (one) => one.workspace_name ?? one.workspace_id, canShrink: true },
  { title: 'START', cell: (one) => one.incarnation, align: 'right' },
  { title: 'BACKEND', cell: (one) => one.backend },
  { title: 'KIND', cell: (one) => one.kind, dropRank: 2 },
  { title: 'AGE', cell: (one) => duration(one.age_s * 1000), align: 'right' },
  { title: 'STATE', cell: stateOf },
  { title: 'MEMORY', cell: (one) => memoryOf(one.usage), align: 'right' },
  { title: 'CPU', cell: (one) => cpuOf(one.usage), align: 'right' },
  { title: 'COST', cell: (one) => costOf(one.cost), align: 'right' },
  { title: 'STOPS', cell: (one) => one.stop_attempts, align: 'right' },
  { title: 'ID', cell: (one) => one.id, tone: 'dim', dropRank: 1 },
  { title: 'LAST ERROR', cell: (one) => one.last_error, canShrink: true },
]

function stateOf(one: Resource): string {
  if (one.closed_at !== null) return 'gone'
  if (one.leak_suspect_at !== null) return 'leak suspect'
  return one.confirmed_at === null ? 'starting' : 'open'
}
