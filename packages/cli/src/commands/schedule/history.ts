import type { ScheduleRun } from '@molecule/contract/schedule'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import type { Column } from '../../output/table.ts'
import { since } from '../../output/time.ts'
import { findSchedule } from './find-schedule.ts'

export const scheduleHistory = (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { out, signal } = cli
    const { key } = await findSchedule(cli, ws, given)
    const runs = await cli.client().schedules.history(key, { signal })
    out.show(runs, () => {
      if (runs.length === 0) out.note('Its time has not come yet.')
      else out.table(runs, columns)
    })
  })

const columns: Column<ScheduleRun>[] = [
  { title: 'AGE', cell: (run) => since(run.slot_at), align: 'right' },
  { title: 'OUTCOME', cell: (run) => run.outcome, tone: 'status' },
  { title: 'TASK', cell: (run) => run.task_id, tone: 'dim' },
  { title: 'STATUS', cell: (run) => run.task_status, tone: 'status' },
  { title: 'WHY', cell: (run) => run.reason, canShrink: true },
]
