import type { HibernateResult } from '@molecule/contract/lifecycle'
import type { Command } from 'commander'
import { seconds } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { isConfirmed } from '../../confirm.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { counted, quoted } from '../../subtree-words.ts'
import { untilOnline } from '../../until-online.ts'

type HibernateOptions = { force?: boolean; yes?: boolean }

export const wsHibernate = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('--force', 'also when it works: that is interrupted, and goes on after the next wake')
    .option('-y, --yes', 'do not ask')
    .action(async (given: string, { force = false, yes }: HibernateOptions) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, given, signal)
      const { name } = await client.workspaces.get(id, {}, { signal })
      if (!yes && !(await isWanted(cli, name, force))) return out.note('Nothing was stopped.')
      const result = await client.workspaces.hibernate(id, { force }, { signal })
      return out.show(result, () => out.lines([outcomeOf(name, result)]))
    })

const isWanted = (cli: Cli, name: string, force: boolean) =>
  isConfirmed(cli, {
    what: `hibernate ${quoted(name)}`,
    consequences: [
      'It stops until its next task, which starts it again.',
      ...(force ? ['What it works on would be interrupted.'] : []),
    ],
  })

function outcomeOf(name: string, { status, interrupted_tasks, queued_tasks }: HibernateResult) {
  const interrupted =
    interrupted_tasks > 0 ? `  ${counted(interrupted_tasks, 'task')} interrupted` : ''
  const waiting = queued_tasks > 0 ? `  ${counted(queued_tasks, 'task')} waiting` : ''
  return `${quoted(name)}  ${status}${interrupted}${waiting}`
}

type WakeOptions = { wait?: boolean; timeout: number }

const defaultTimeoutMs = 120_000

export const wsWake = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('--wait', 'stay until it is online')
    .option(
      '--timeout <seconds>',
      'with --wait: stay no longer than this',
      seconds,
      defaultTimeoutMs,
    )
    .action(async (given: string, { wait, timeout }: WakeOptions) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, given, signal)
      const asked = await client.workspaces.wake(id, { signal })
      const workspace = wait ? await untilOnline(cli, asked, timeout) : asked
      const { name, status } = workspace
      out.show(workspace, () =>
        out.lines([`${quoted(name)}  ${status === 'online' ? status : 'waking'}`]),
      )
    })
