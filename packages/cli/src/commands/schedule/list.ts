import type { Schedule, ScheduleHealth } from '@molecule/contract/schedule'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Column } from '../../output/table.ts'
import { since, until } from '../../output/time.ts'
import { workspaceNames } from '../../workspace-names.ts'

export const scheduleList = (command: Command, cli: Cli) =>
  command
    .argument('[ws]', 'workspace: name, path or id; without it all')
    .action((ws: string | undefined) => (ws === undefined ? listAll(cli) : listOf(cli, ws)))

async function listOf({ client, out, signal }: Cli, ws: string) {
  const id = await workspaceIdOf(client(), ws, signal)
  const found = await client().schedules.list(id, { signal })
  out.show(found, () => {
    if (found.length === 0) out.note(`${ws} has no schedules.`)
    else out.table(found, [...common<Schedule>(), ...own])
  })
}

async function listAll(cli: Cli) {
  const { client, out, signal } = cli
  const found = await client().schedules.health(undefined, { signal })
  if (out.isJson) return out.document(found)
  if (found.length === 0) return out.note('There are no schedules.')
  const names = await workspaceNames(cli)
  return out.table(found, [
    { title: 'WORKSPACE', cell: (one) => names(one.workspace_id), canShrink: true },
    ...common<ScheduleHealth>(),
  ])
}

const common = <One extends ScheduleHealth>(): Column<One>[] => [
  { title: 'NAME', cell: (one) => one.name, canShrink: true },
  { title: 'STATUS', cell: (one) => one.status.replaceAll('_', ' '), tone: 'status' },
  { title: 'NEXT IN', cell: (one) => one.next_run_at && until(one.next_run_at), align: 'right' },
  { title: 'LAST RUN', cell: (one) => since(one.last_run_at), align: 'right' },
  { title: 'LAST', cell: (one) => one.last_status },
  { title: 'TIMES', cell: (one) => one.run_count, align: 'right', dropRank: 1 },
]

const own: Column<Schedule>[] = [
  { title: 'CRON', cell: (one) => `${one.cron_expr} ${one.timezone}` },
  { title: 'ASKS', cell: (one) => one.last_error || one.prompt, canShrink: true },
]
