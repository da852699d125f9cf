import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { isConfirmed } from '../../confirm.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { oneLine } from '../../output/plain-text.ts'
import { counted, reachOf } from '../../subtree-words.ts'

type DeleteOptions = { yes?: boolean; purge?: boolean }

export const wsDelete = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('--purge', 'also remove what they stored, once nothing of them runs')
    .option('-y, --yes', 'do not ask')
    .action((given: string, options: DeleteOptions) => deleteOne(cli, given, options))

async function deleteOne(cli: Cli, given: string, { yes, purge = false }: DeleteOptions) {
  const { out, signal } = cli
  const client = cli.client()
  const id = await workspaceIdOf(client, given, signal)
  const subtree = await client.workspaces.subtree(id, { signal })
  const isWanted =
    yes ||
    (await isConfirmed(cli, {
      what: `delete ${reachOf(subtree)}`,
      consequences: [
        ...(subtree.open_tasks > 0
          ? [`${counted(subtree.open_tasks, 'open task')} would fail.`]
          : []),
        ...(purge ? ['What they stored would be removed for good.'] : []),
      ],
    }))
  if (!isWanted) return out.note('Nothing was deleted.')
  const result = await client.workspaces.remove(id, { confirm: true, purge }, { signal })
  return out.show(result, () => {
    const others = result.cascade_deleted.filter((each) => each !== id).length
    const also = others === 0 ? '' : ` and ${others} below it`
    const stored = purge ? '; what was stored goes once nothing of it runs' : ''
    out.lines([`Deleted "${oneLine(subtree.workspaces[0]?.name ?? given)}"${also}${stored}.`])
  })
}
