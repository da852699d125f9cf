import { z } from 'zod'
import { ScheduleId, TaskId, Timestamp, WorkspaceId } from './id.ts'
import { TaskStatus } from './task.ts'

/** What becomes of times that passed while no server ran: none of them, the last one, or all of them (at most 100). */
export const misfirePolicies = ['skip', 'once', 'all'] as const
/** What becomes of a time at which the work of an earlier one has not ended. */
export const busyPolicies = ['skip', 'queue'] as const
/** What becomes of a time at which the workspace is paused: no work, or work that waits for the resume. */
export const pausedPolicies = ['skip', 'wait'] as const

const text = (max: number) => z.string().trim().min(1).max(max)

/** Five fields: minute, hour, day of the month, month, day of the week. */
const CronExpr = text(200)
/** A name of the IANA database, such as `Europe/Berlin`. */
const Timezone = text(100)

export const CreateSchedule = z.strictObject({
  /** Of one workspace each name once; without one it is called `schedule <n>`. */
  name: text(200).optional(),
  cron_expr: CronExpr,
  timezone: Timezone.default('UTC'),
  prompt: text(100_000),
  enabled: z.boolean().default(true),
  misfire: z.enum(misfirePolicies).default('once'),
  busy: z.enum(busyPolicies).default('skip'),
  paused: z.enum(pausedPolicies).default('skip'),
  /** Workspace whose inbox gets the results; one that it may talk to, or itself. */
  report_to: z.uuid().nullable().default(null),
})
export type CreateSchedule = z.input<typeof CreateSchedule>

export const PatchSchedule = z.strictObject({
  name: text(200).optional(),
  cron_expr: CronExpr.optional(),
  timezone: Timezone.optional(),
  prompt: text(100_000).optional(),
  enabled: z.boolean().optional(),
  misfire: z.enum(misfirePolicies).optional(),
  busy: z.enum(busyPolicies).optional(),
  paused: z.enum(pausedPolicies).optional(),
  report_to: z.uuid().nullable().optional(),
})
export type PatchSchedule = z.infer<typeof PatchSchedule>

/** `stale`: the last run is older than twice the time between two of them. */
export const ScheduleState = z.enum(['ok', 'stale', 'never_run', 'disabled'])

/** What peers may see: neither what is asked nor when. */
export const ScheduleHealth = z.object({
  id: ScheduleId,
  workspace_id: WorkspaceId,
  name: z.string(),
  enabled: z.boolean(),
  status: ScheduleState,
  last_run_at: Timestamp.nullable(),
  next_run_at: Timestamp.nullable(),
  /** Of the last time: `ok` once there is work for it, otherwise `skipped` or `error`; empty before the first. */
  last_status: z.enum(['', 'ok', 'skipped', 'error']),
  run_count: z.number().int(),
})
export type ScheduleHealth = z.infer<typeof ScheduleHealth>

export const Schedule = ScheduleHealth.extend({
  cron_expr: z.string(),
  timezone: z.string(),
  prompt: z.string(),
  source: z.enum(['template', 'runtime']),
  misfire: z.enum(misfirePolicies),
  busy: z.enum(busyPolicies),
  paused: z.enum(pausedPolicies),
  report_to: WorkspaceId.nullable(),
  last_task_id: TaskId.nullable(),
  last_error: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Schedule = z.infer<typeof Schedule>

/** Answer of `POST /workspaces/:id/schedules/:schedule/run`. */
export const ScheduleFired = z.object({ task_id: TaskId })
export type ScheduleFired = z.infer<typeof ScheduleFired>

export const ScheduleRun = z.object({
  /** The time it was for. */
  slot_at: Timestamp,
  fired_at: Timestamp,
  outcome: z.enum(['fired', 'skipped', 'error']),
  /** Why there was no work. */
  reason: z.string(),
  task_id: TaskId.nullable(),
  task_status: TaskStatus.nullable(),
})
export type ScheduleRun = z.infer<typeof ScheduleRun>
