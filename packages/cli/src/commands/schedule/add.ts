import {
  busyPolicies,
  type CreateSchedule,
  misfirePolicies,
  pausedPolicies,
} from '@molecule/contract/schedule'
import { type Command, Option } from 'commander'
import { textOrStdin } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { until } from '../../output/time.ts'

type Options = Pick<CreateSchedule, 'name' | 'timezone' | 'misfire' | 'busy' | 'paused'> & {
  reportTo?: string
}

export const scheduleAdd = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .argument('<cron>', 'minute hour day month weekday, as in "0 9 * * 1-5"')
    .argument('<prompt>', 'what it is asked; - reads it from standard input')
    .option('--name <name>', 'what it is called (default: schedule <n>)')
    .option('--timezone <zone>', 'as in Europe/Berlin (default: UTC)')
    .option('--report-to <ws>', 'workspace whose inbox gets the results')
    .addOption(
      new Option(
        '--misfire <policy>',
        'times that passed while no server ran (default: once)',
      ).choices([...misfirePolicies]),
    )
    .addOption(
      new Option('--busy <policy>', 'while the work before has not ended (default: skip)').choices([
        ...busyPolicies,
      ]),
    )
    .addOption(
      new Option('--paused <policy>', 'while the workspace is paused (default: skip)').choices([
        ...pausedPolicies,
      ]),
    )
    .action(async (ws: string, cron: string, prompt: string, { reportTo, ...options }: Options) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, ws, signal)
      const body = {
        cron_expr: cron,
        prompt: await textOrStdin(prompt, cli),
        ...options,
        ...(reportTo === undefined
          ? {}
          : { report_to: await workspaceIdOf(client, reportTo, signal) }),
      }
      const made = await client.schedules.create(id, body, { signal })
      out.show(made, () =>
        out.lines([`${made.name} is asked for in ${until(made.next_run_at ?? '')}.`]),
      )
    })
