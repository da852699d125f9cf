import type { AdminDelegation } from '@molecule/contract/delegation'
import { delegationFilters } from '@molecule/contract/delegation'
import { type Command, Option } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import type { Column } from '../output/table.ts'
import { since, until } from '../output/time.ts'
import { workspaceNames } from '../workspace-names.ts'

type Options = {
  status?: (typeof delegationFilters)[number]
  limit?: number
  stats?: boolean
  drop?: number
  ws?: string
}

export const delegations = (command: Command, cli: Cli) =>
  command
    .addOption(
      new Option('--status <status>', 'only those; without it what has not ended').choices([
        ...delegationFilters,
      ]),
    )
    .option('--limit <n>', 'at most this many', wholeNumber)
    .option('--stats', 'how many there are of each status')
    .option('--drop <minutes>', 'fail what nobody has taken up for so long', wholeNumber)
    .option('--ws <ws>', 'with --drop: only what was asked of this workspace')
    .action((options: Options) => act(cli, options))

async function act(cli: Cli, options: Options) {
  if (options.stats) return tellStats(cli)
  return options.drop === undefined ? list(cli, options) : drop(cli, options.drop, options.ws)
}

async function tellStats({ out, signal, client }: Cli) {
  const stats = await client().admin.delegationStats({ signal })
  out.show(stats, () => out.details(Object.entries(stats).map(([name, n]) => [name, String(n)])))
}

async function drop(cli: Cli, minutes: number, ws: string | undefined) {
  const { out, signal } = cli
  const client = cli.client()
  const workspace =
    ws === undefined ? {} : { workspace_id: await workspaceIdOf(client, ws, signal) }
  const query = { max_age_minutes: minutes, ...workspace }
  const answer = await client.admin.dropStale(query, { signal })
  out.show(answer, () => out.lines([`${answer.dropped} dropped; who asked was told.`]))
}

async function list(cli: Cli, { status, limit }: Options) {
  const { out, signal } = cli
  const query = { ...(status ? { status } : {}), ...(limit ? { limit } : {}) }
  const found = await cli.client().admin.delegations(query, { signal })
  if (out.isJson) return out.document(found)
  if (found.count === 0) return out.note('No delegations.')
  const names = await workspaceNames(cli)
  return out.table(found.delegations, columns(names))
}

const columns = (names: (id: string) => string): Column<AdminDelegation>[] => [
  { title: 'ID', cell: (one) => one.delegation_id, tone: 'dim' },
  { title: 'STATUS', cell: (one) => one.status, tone: 'status' },
  { title: 'FROM', cell: (one) => names(one.caller_id), canShrink: true },
  { title: 'TO', cell: (one) => names(one.callee_id), canShrink: true },
  { title: 'AGE', cell: (one) => since(one.created_at), align: 'right' },
  { title: 'LAST SIGN', cell: (one) => since(one.last_heartbeat ?? null), align: 'right' },
  { title: 'TIME LEFT', cell: (one) => until(one.deadline), align: 'right', dropRank: 2 },
  { title: 'TASK', cell: (one) => one.task_preview, canShrink: true },
  {
    title: 'RESULT',
    cell: (one) => one.error_detail ?? one.result_preview,
    canShrink: true,
    dropRank: 1,
  },
]
