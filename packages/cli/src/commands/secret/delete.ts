import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { type ScopeOption, scopeOf, withScope } from './scope.ts'
import { tellRestart } from './tell-restart.ts'

export const secretDelete = (command: Command, cli: Cli) =>
  withScope(command, "this workspace's own")
    .argument('<name>', 'name of the secret')
    .action(async (name: string, options: ScopeOption) => {
      const { out, signal } = cli
      const { secrets } = cli.client()
      const id = await scopeOf(cli, options)
      const deleted = await (id === undefined
        ? secrets.global.remove(name, { signal })
        : secrets.workspace.remove(id, name, { signal }))
      out.show(deleted, () => {
        out.lines([`Deleted ${name}.`])
        tellRestart(cli, deleted.needs_restart, options)
      })
    })
