import type { ScheduleId, TaskId, WorkspaceId } from '@molecule/contract/id'
import type { busyPolicies, misfirePolicies, pausedPolicies } from '@molecule/contract/schedule'
import type { ColumnType } from 'kysely'
import type { Bit, Fixed, Milliseconds } from './column.ts'

export interface ScheduleTable {
  id: Fixed<ScheduleId>
  orgId: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  name: string
  cronExpr: string
  timezone: string
  prompt: string
  enabled: Bit
  source: Fixed<'template' | 'runtime'>
  misfire: (typeof misfirePolicies)[number]
  busy: (typeof busyPolicies)[number]
  paused: (typeof pausedPolicies)[number]
  /** Whose inbox gets its results; null: nobody's, they are in its history. */
  reportTo: WorkspaceId | null
  /** Null while it is not enabled. */
  nextRunAt: Milliseconds | null
  lastRunAt: Milliseconds | null
  lastTaskId: TaskId | null
  lastStatus: ColumnType<ScheduleOutcome, ScheduleOutcome | undefined, ScheduleOutcome>
  lastError: ColumnType<string, string | undefined, string>
  runCount: ColumnType<number, number | undefined, number>
  createdAt: Fixed<Milliseconds>
  updatedAt: Milliseconds
}

type ScheduleOutcome = '' | 'ok' | 'skipped' | 'error'

export interface ScheduleRunTable {
  scheduleId: Fixed<ScheduleId>
  slotAt: Fixed<Milliseconds>
  firedAt: Fixed<Milliseconds>
  outcome: Fixed<'fired' | 'skipped' | 'error'>
  /** Why there was no work. */
  why: Fixed<string>
  taskId: Fixed<TaskId | null>
}
