import { z } from 'zod'
import { TaskId, Timestamp, WorkspaceId } from './id.ts'
import { TaskStatus, taskStatuses } from './task.ts'

/** Body of `POST /workspaces/:id/delegations/record`: the caller reports what it asks another by itself. */
export const RecordDelegation = z.object({
  target_id: z.uuid(),
  task: z.string().min(1).max(1_000_000),
  delegation_id: z.uuid(),
})
export type RecordDelegation = z.infer<typeof RecordDelegation>

export const RecordedDelegation = z.object({
  delegation_id: TaskId,
  status: z.literal('recorded'),
})
export type RecordedDelegation = z.infer<typeof RecordedDelegation>

/** Body of `POST /workspaces/:id/delegations/:delegation_id/update`. `queued` and `in_progress` are signs of life. */
export const UpdateDelegation = z.object({
  status: z.enum(['completed', 'failed', 'queued', 'in_progress']),
  error: z.string().max(10_000).optional(),
  response_preview: z.string().max(1_000_000).optional(),
})
export type UpdateDelegation = z.infer<typeof UpdateDelegation>

/** `status` is what the delegation is now: one that has ended stays as it ended. */
export const UpdatedDelegation = z.object({ delegation_id: TaskId, status: TaskStatus })
export type UpdatedDelegation = z.infer<typeof UpdatedDelegation>

/** What `GET /admin/delegations` may be asked for; `in_flight` stands for all that have not ended. */
export const delegationFilters = ['in_flight', 'stuck', 'failed', 'completed', 'canceled'] as const
export type DelegationFilter = (typeof delegationFilters)[number]

/** A field without a value is left out. */
export const AdminDelegation = z.object({
  delegation_id: TaskId,
  caller_id: WorkspaceId,
  callee_id: WorkspaceId,
  task_preview: z.string(),
  status: TaskStatus,
  last_heartbeat: Timestamp.optional(),
  deadline: Timestamp.optional(),
  result_preview: z.string().optional(),
  error_detail: z.string().optional(),
  retry_count: z.number().int(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type AdminDelegation = z.infer<typeof AdminDelegation>

/** Newest first. */
export const AdminDelegations = z.object({
  delegations: z.array(AdminDelegation),
  count: z.number().int(),
  status: z.enum(delegationFilters),
  limit: z.number().int(),
})
export type AdminDelegations = z.infer<typeof AdminDelegations>

/** How many delegations there are of each status, 0 included. */
export const DelegationStats = z.object(
  Object.fromEntries(taskStatuses.map((status) => [status, z.number().int()])) as Record<
    TaskStatus,
    z.ZodNumber
  >,
)
export type DelegationStats = z.infer<typeof DelegationStats>

/** Answer of `POST /admin/a2a-queue/drop-stale`. */
export const DroppedTasks = z.object({ dropped: z.number().int() })
export type DroppedTasks = z.infer<typeof DroppedTasks>
