import type { Command } from 'commander'
import { seconds } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { untilOnline } from '../../until-online.ts'

type RestartOptions = {
  wait?: boolean
  timeout: number
  resetSession?: boolean
  applyTemplate?: boolean
}

const defaultTimeoutMs = 120_000

export const wsRestart = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('--reset-session', 'begin without what its programs remember of earlier tasks')
    .option('--apply-template', 'lay the files of its template over its configuration again')
    .option('--wait', 'stay until it is online again')
    .option(
      '--timeout <seconds>',
      'with --wait: stay no longer than this',
      seconds,
      defaultTimeoutMs,
    )
    .action(async (given: string, { wait, timeout, ...verb }: RestartOptions) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, given, signal)
      const options = {
        ...(verb.resetSession ? { reset_session: true } : {}),
        ...(verb.applyTemplate ? { apply_template: true } : {}),
      }
      const asked = await client.workspaces.restart(id, { signal }, options)
      if (asked.backend === 'external')
        out.note('Its agent runs elsewhere: nothing has changed. Restart it where it runs.')
      const workspace =
        wait && asked.backend !== 'external' ? await untilOnline(cli, asked, timeout) : asked
      out.show(workspace, () => out.lines([`${workspace.id}  ${workspace.status}`]))
    })
