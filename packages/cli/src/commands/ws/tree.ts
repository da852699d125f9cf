import type { SubtreeMember } from '@molecule/contract/lifecycle'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Column } from '../../output/table.ts'

export const wsTree = (command: Command, cli: Cli) =>
  command.argument('<ws>', 'workspace: name, path or id').action(async (given: string) => {
    const { out, signal } = cli
    const client = cli.client()
    const id = await workspaceIdOf(client, given, signal)
    const subtree = await client.workspaces.subtree(id, { signal })
    out.show(subtree, () => out.table(inTreeOrder(subtree.workspaces), columns))
  })

const columns: Column<SubtreeMember>[] = [
  { title: 'NAME', cell: (one) => `${'· '.repeat(one.depth)}${one.name}`, canShrink: true },
  { title: 'STATUS', cell: (one) => one.status, tone: 'status' },
  { title: 'WANTED', cell: (one) => one.desired_state },
  { title: 'RUNNING', cell: (one) => one.active_tasks, align: 'right' },
  { title: 'OPEN', cell: (one) => one.open_tasks, align: 'right' },
  { title: 'ID', cell: (one) => one.id, tone: 'dim', dropRank: 1 },
]

/** They come level by level; people read branch by branch. */
function inTreeOrder(members: readonly SubtreeMember[]): SubtreeMember[] {
  const branch = (one: SubtreeMember): SubtreeMember[] => [
    one,
    ...members.filter(({ parent_id }) => parent_id === one.id).flatMap(branch),
  ]
  return members.slice(0, 1).flatMap(branch)
}
