import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { until } from '../../output/time.ts'
import { findSchedule } from './find-schedule.ts'

export const scheduleRun = (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { key } = await findSchedule(cli, ws, given)
    const fired = await cli.client().schedules.run(key, { signal: cli.signal })
    cli.out.show(fired, () => cli.out.lines([fired.task_id]))
  })

const setEnabled = (enabled: boolean) => (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { out, signal } = cli
    const { key } = await findSchedule(cli, ws, given)
    const changed = await cli.client().schedules.update(key, { enabled }, { signal })
    const next = changed.next_run_at
    out.show(changed, () =>
      out.lines([
        next ? `${changed.name} is asked for in ${until(next)}.` : `${changed.name} is off.`,
      ]),
    )
  })

export const scheduleEnable = setEnabled(true)
export const scheduleDisable = setEnabled(false)

export const scheduleDelete = (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { schedule, key } = await findSchedule(cli, ws, given)
    await cli.client().schedules.remove(key, { signal: cli.signal })
    cli.out.show({ deleted: schedule.id }, () => cli.out.lines([`${schedule.name} is deleted.`]))
  })
