import type { Schedule, ScheduleHealth, ScheduleRun } from '@molecule/contract/schedule'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Queryable, ScheduleRow } from '../../db/tables.ts'
import type { runsOf } from './schedule-store.ts'
import { intervalOf } from './schedule-time.ts'

const timestamp = (at: number) => new Date(at).toISOString()
const maybe = (at: number | null) => (at === null ? null : timestamp(at))

const scheduleHealth = (row: ScheduleRow, now: number): ScheduleHealth => ({
  id: row.id,
  workspace_id: row.workspaceId,
  name: row.name,
  enabled: row.enabled === 1,
  status: stateOf(row, now),
  last_run_at: maybe(row.lastRunAt),
  next_run_at: maybe(row.nextRunAt),
  last_status: row.lastStatus,
  run_count: row.runCount,
})

function stateOf(row: ScheduleRow, now: number): ScheduleHealth['status'] {
  if (row.enabled === 0) return 'disabled'
  if (row.lastRunAt === null) return 'never_run'
  return now - row.lastRunAt > 2 * intervalOf(row, now) ? 'stale' : 'ok'
}

export const scheduleToWire = (row: ScheduleRow, now: number): Schedule => ({
  ...scheduleHealth(row, now),
  cron_expr: row.cronExpr,
  timezone: row.timezone,
  prompt: row.prompt,
  source: row.source,
  misfire: row.misfire,
  busy: row.busy,
  paused: row.paused,
  report_to: row.reportTo,
  last_task_id: row.lastTaskId,
  last_error: row.lastError,
  created_at: timestamp(row.createdAt),
  updated_at: timestamp(row.updatedAt),
})

export const runToWire = (run: Awaited<ReturnType<typeof runsOf>>[number]): ScheduleRun => ({
  slot_at: timestamp(run.slotAt),
  fired_at: timestamp(run.firedAt),
  outcome: run.outcome,
  reason: run.why,
  task_id: run.taskId,
  task_status: run.taskStatus,
})

/** As they are now. */
export async function schedulesToWire(db: Queryable, rows: readonly ScheduleRow[]) {
  const now = await dbNow(db)
  return rows.map((row): Schedule => scheduleToWire(row, now))
}

/** How they do, for those who may not see what is asked and when. */
export async function healthToWire(db: Queryable, rows: readonly ScheduleRow[]) {
  const now = await dbNow(db)
  return rows.map((row): ScheduleHealth => scheduleHealth(row, now))
}
