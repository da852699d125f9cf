import { createInterface } from 'node:readline'
import type { Workspace } from '@molecule/contract/workspace'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { matchWorkspace, subtreeOf } from '../../find-workspace.ts'
import { oneLine } from '../../output/plain-text.ts'

export const wsDelete = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('-y, --yes', 'do not ask')
    .action((given: string, options: { yes?: boolean }) => deleteOne(cli, given, options))

async function deleteOne(cli: Cli, given: string, { yes }: { yes?: boolean }) {
  const { out, signal } = cli
  const client = cli.client()
  const workspaces = await client.workspaces.list({ signal })
  const workspace = matchWorkspace(workspaces, given)
  const below = subtreeOf(workspaces, workspace.id)
  if (!yes && !(await isConfirmed(cli, workspace, below))) return out.note('Nothing was deleted.')
  const result = await client.workspaces.remove(workspace.id, { confirm: true }, { signal })
  return out.show(result, () => {
    const others = result.cascade_deleted.filter((id) => id !== workspace.id).length
    const also = others === 0 ? '' : ` and ${others} below it`
    out.lines([`Deleted "${oneLine(workspace.name)}"${also}.`])
  })
}

async function isConfirmed(cli: Cli, workspace: Workspace, below: readonly Workspace[]) {
  const names = below.map(({ name }) => `"${oneLine(name)}"`).join(', ')
  const what = `"${oneLine(workspace.name)}"${below.length > 0 ? ` and below it ${names}` : ''}`
  if (!cli.stdin.isTTY || !cli.out.screen.hasProgress)
    throw usageError(`This deletes ${what}.`, 'Say so with --yes.')
  cli.out.screen.err(`Delete ${what}? [y/N] `)
  const lines = createInterface({ input: cli.stdin, signal: cli.signal })
  for await (const answer of lines) return /^y(es)?$/i.test(answer.trim())
  cli.signal.throwIfAborted()
  return false
}
