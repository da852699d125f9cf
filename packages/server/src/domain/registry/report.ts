import type { RegistryHeartbeat } from '@molecule/contract/registry'
import type { ReportedColumn, WorkspaceRow } from '../../db/tables.ts'
import { preview } from '../../lib/preview.ts'

/** What a heartbeat says, in columns. What it leaves out is undefined and keeps its value. */
export type Report = { [Column in ReportedColumn]?: WorkspaceRow[Column] | undefined }

/** Before an agent has said anything. */
export const unreported = {
  errorRate: null,
  lastRuntimeError: null,
  uptimeSeconds: null,
  reportedTask: null,
  reportedActiveTasks: null,
  runtimeState: null,
} satisfies Report

const MAX_ERROR = 2000
const MAX_TASK = 200

/** An empty sample is no news: the last error stays what it was. An agent says `wedged` as long as it is, and else nothing. */
export function reportOf(beat: RegistryHeartbeat): Report {
  return {
    errorRate: beat.error_rate ?? undefined,
    lastRuntimeError: beat.sample_error?.trim()
      ? preview(beat.sample_error.trim(), MAX_ERROR)
      : undefined,
    uptimeSeconds: whole(beat.uptime_seconds),
    reportedTask: beat.current_task == null ? undefined : preview(beat.current_task, MAX_TASK),
    reportedActiveTasks: whole(beat.active_tasks),
    runtimeState: beat.runtime_state === 'wedged' ? 'wedged' : '',
  }
}

const whole = (value: number | null | undefined) => (value == null ? undefined : Math.floor(value))

/** The newer wins, where it says something. */
export const mergeReports = (former: Report | undefined, report: Report): Report => ({
  ...former,
  ...Object.fromEntries(Object.entries(report).filter(([, value]) => value !== undefined)),
})
