import type { VerbTarget } from '@molecule/contract/lifecycle'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { isConfirmed } from '../../confirm.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { counted, quoted, reachOf } from '../../subtree-words.ts'

export const wsPause = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('-y, --yes', 'do not ask')
    .action(async (given: string, { yes }: { yes?: boolean }) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, given, signal)
      if (!yes && !(await isWanted(cli, id))) return out.note('Nothing was paused.')
      const result = await client.workspaces.pause(id, { signal })
      return out.show(result, () => tell(cli, result.targets))
    })

async function isWanted(cli: Cli, id: string): Promise<boolean> {
  const subtree = await cli.client().workspaces.subtree(id, { signal: cli.signal })
  const { active_tasks: active, open_tasks: open } = subtree
  return isConfirmed(cli, {
    what: `pause ${reachOf(subtree)}`,
    consequences: [
      ...(active > 0
        ? [`${counted(active, 'running task')} would be interrupted, as no retry.`]
        : []),
      ...(open > 0 ? [`${counted(open, 'open task')} would wait for the resume.`] : []),
    ],
  })
}

export const wsResume = (command: Command, cli: Cli) =>
  command.argument('<ws>', 'workspace: name, path or id').action(async (given: string) => {
    const { out, signal } = cli
    const client = cli.client()
    const id = await workspaceIdOf(client, given, signal)
    const result = await client.workspaces.resume(id, { signal })
    out.show(result, () => tell(cli, result.targets))
  })

function tell({ out }: Cli, targets: readonly VerbTarget[]) {
  out.lines(targets.map(({ name, outcome, detail }) => `${quoted(name)}  ${outcome}  ${detail}`))
}
