import type { TaskSummary } from '@molecule/contract/task'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import type { Column } from '../output/table.ts'
import { since } from '../output/time.ts'
import { workspaceNames } from '../workspace-names.ts'

type TasksOptions = {
  status?: string
  ws?: string
  before?: string
  limit?: number
  stuck?: boolean
}

export const tasks = (command: Command, cli: Cli) =>
  command
    .option('--status <status>', 'only those; a comma list, `open` for all that have not ended')
    .option('--stuck', 'only those that were given up as stuck')
    .option('--ws <ws>', 'only those of this workspace')
    .option('--before <id>', 'only older ones than this task')
    .option('--limit <n>', 'at most this many', wholeNumber)
    .action((options: TasksOptions) => listTasks(cli, options))

async function listTasks(cli: Cli, { status, ws, before, limit, stuck }: TasksOptions) {
  const { out, signal } = cli
  const client = cli.client()
  const wanted = stuck ? 'stuck' : status
  const query = {
    ...(wanted === undefined ? {} : { status: wanted }),
    ...(ws === undefined ? {} : { workspace_id: await workspaceIdOf(client, ws, signal) }),
    ...(before === undefined ? {} : { before }),
    ...(limit === undefined ? {} : { limit }),
  }
  const { tasks: found } = await client.tasks.list(query, { signal })
  if (out.isJson) return out.document(found)
  if (found.length === 0) return out.note('No tasks.')
  const names = await workspaceNames(cli)
  return out.table(found, columns(names))
}

const columns = (names: (id: string) => string): Column<TaskSummary>[] => [
  { title: 'ID', cell: (task) => task.id, tone: 'dim' },
  { title: 'STATUS', cell: (task) => task.status, tone: 'status' },
  { title: 'FROM', cell: (task) => names(task.caller.id), canShrink: true, dropRank: 2 },
  { title: 'TO', cell: (task) => names(task.callee_id), canShrink: true },
  { title: 'AGE', cell: (task) => since(task.created_at), align: 'right' },
  { title: 'TASK', cell: (task) => task.preview, canShrink: true },
  {
    title: 'RESULT',
    cell: (task) => task.error?.detail ?? task.result_preview,
    canShrink: true,
    dropRank: 1,
  },
]
