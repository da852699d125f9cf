import type { Subtree } from '@molecule/contract/lifecycle'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { isConfirmed } from '../../confirm.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { counted, namesOf, quoted } from '../../subtree-words.ts'

type CollapseOptions = { yes?: boolean; purge?: boolean }

export const wsCollapse = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('--purge', 'also remove what they stored')
    .option('-y, --yes', 'do not ask')
    .action((given: string, options: CollapseOptions) => collapseOne(cli, given, options))

async function collapseOne(cli: Cli, given: string, { yes, purge = false }: CollapseOptions) {
  const { out, signal } = cli
  const client = cli.client()
  const id = await workspaceIdOf(client, given, signal)
  const subtree = await client.workspaces.subtree(id, { signal })
  const [top, ...below] = subtree.workspaces
  const topName = quoted(top?.name ?? given)
  if (below.length > 0 && !yes && !(await isWanted(cli, subtree, purge)))
    return out.note('Nothing was removed.')
  const result = await client.workspaces.collapse(id, { confirm: true, purge }, { signal })
  return out.show(result, () => {
    const names = new Map<string, string>(below.map((each) => [each.id, each.name]))
    out.lines(result.removed.map((each) => `${quoted(names.get(each) ?? each)}  removed`))
    out.lines([result.removed.length === 0 ? `Nothing is below ${topName}.` : `${topName}  kept`])
  })
}

function isWanted(cli: Cli, { workspaces }: Subtree, purge: boolean): Promise<boolean> {
  const [top, ...below] = workspaces
  const open = below.reduce((sum, each) => sum + each.open_tasks, 0)
  return isConfirmed(cli, {
    what: `remove everything below ${quoted(top?.name ?? '')}: ${namesOf(below)}`,
    consequences: [
      ...(open > 0 ? [`${counted(open, 'open task')} would fail.`] : []),
      ...(purge ? ['What they stored would be removed for good.'] : []),
    ],
  })
}
