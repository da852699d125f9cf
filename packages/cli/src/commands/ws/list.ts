import type { Workspace } from '@molecule/contract/workspace'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { subtreeOf } from '../../find-workspace.ts'
import type { Column } from '../../output/table.ts'
import { since } from '../../output/time.ts'

export const wsList = (command: Command, cli: Cli) =>
  command.action(async () => {
    const { out, signal } = cli
    const workspaces = await cli.client().workspaces.list({ signal })
    out.show(workspaces, () => {
      if (workspaces.length === 0)
        out.note('No workspaces yet. Make one: molecule ws create Echo --command cat --wait')
      else out.table(inTreeOrder(workspaces), columns(workspaces))
    })
  })

const columns = (workspaces: readonly Workspace[]): Column<Workspace>[] => [
  {
    title: 'NAME',
    cell: (one) => `${'· '.repeat(depthOf(workspaces, one))}${one.name}`,
    canShrink: true,
  },
  { title: 'STATUS', cell: (one) => one.status, tone: 'status' },
  { title: 'RUNTIME', cell: (one) => one.runtime, canShrink: true, dropRank: 2 },
  { title: 'TASKS', cell: (one) => one.active_tasks, align: 'right' },
  { title: 'SEEN', cell: (one) => since(one.last_heartbeat_at), align: 'right' },
  { title: 'ID', cell: (one) => one.id, tone: 'dim', dropRank: 1 },
  {
    title: 'NOTE',
    cell: (one) => one.failure_reason?.detail ?? one.current_task ?? one.role,
    canShrink: true,
  },
]

/** Parents before their children; whose parent is not to be seen counts as a root. */
function inTreeOrder(workspaces: readonly Workspace[]): Workspace[] {
  const ids = new Set<string>(workspaces.map(({ id }) => id))
  const roots = workspaces.filter(({ parent_id }) => parent_id === null || !ids.has(parent_id))
  return roots.flatMap((root) => [root, ...subtreeOf(workspaces, root.id)])
}

function depthOf(workspaces: readonly Workspace[], { parent_id }: Workspace): number {
  const parent = workspaces.find(({ id }) => id === parent_id)
  return parent ? 1 + depthOf(workspaces, parent) : 0
}
