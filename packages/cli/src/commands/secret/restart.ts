import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { type ScopeOption, scopeOf, withScope } from './scope.ts'
import { namesOf } from './tell-restart.ts'

export const secretRestart = (command: Command, cli: Cli) =>
  withScope(command, 'this one only').action(async (options: ScopeOption) => {
    const { out, signal } = cli
    const workspace_id = await scopeOf(cli, options)
    const body = workspace_id === undefined ? {} : { workspace_id }
    const asked = await cli.client().secrets.restartDependents(body, { signal })
    out.show(asked, () => {
      const count = asked.workspaces.length
      if (count === 0) return out.lines(['Nothing runs with an older value.'])
      out.lines([
        `${count === 1 ? '1 workspace restarts when it is' : `${count} workspaces restart, two at a time, each when it is`} idle: ${namesOf(asked.workspaces)}.`,
      ])
      return out.note('Watch it: molecule events --follow')
    })
  })
