import { z } from 'zod'
import { TaskId, Timestamp, WorkspaceId } from './id.ts'

/** What an agent may report about itself. */
export const reportedActivityTypes = [
  'a2a_send',
  'a2a_receive',
  'task_update',
  'agent_log',
  'skill_promotion',
  'memory_write',
  'error',
] as const

/** All there are: `delegation` is written by the server alone. */
export const activityTypes = [...reportedActivityTypes, 'delegation'] as const
export type ActivityType = (typeof activityTypes)[number]

export const activityStatuses = ['ok', 'error', 'timeout'] as const
export type ActivityStatus = (typeof activityStatuses)[number]

/** `in` came to the workspace, `out` went from it through the server, `own` is what its agent reports. */
export const activityDirections = ['in', 'out', 'own'] as const
export type ActivityDirection = (typeof activityDirections)[number]

const MAX_METHOD_CHARS = 200
const MAX_SUMMARY_CHARS = 2000
const MAX_ERROR_CHARS = 10_000
const MAX_MESSAGE_CHARS = 1_000_000

const Body = z.record(z.string(), z.unknown())

/** Body of `POST /workspaces/:id/activity`. `source_id` may only be the workspace itself. */
export const ReportActivity = z.object({
  activity_type: z.enum(reportedActivityTypes),
  method: z.string().max(MAX_METHOD_CHARS).default(''),
  summary: z.string().max(MAX_SUMMARY_CHARS).default(''),
  source_id: z.string().max(100).optional(),
  target_id: z.string().max(100).nullish(),
  status: z.enum(activityStatuses).default('ok'),
  error_detail: z.string().max(MAX_ERROR_CHARS).nullish(),
  duration_ms: z.number().int().min(0).nullish(),
  request_body: Body.nullish(),
  response_body: Body.nullish(),
  /** Stands for `request_body` where there is none. */
  metadata: Body.nullish(),
  /** The tools the agent called, in its own form. */
  tool_trace: z.array(z.unknown()).max(1000).nullish(),
})
export type ReportActivity = z.infer<typeof ReportActivity>

export const Attachment = z.object({
  uri: z.string().min(1).max(2000),
  name: z.string().min(1).max(500),
  mimeType: z.string().max(200).optional(),
  size: z.number().int().min(0).optional(),
})
export type Attachment = z.infer<typeof Attachment>

/** Body of `POST /workspaces/:id/notify`: an agent says something to the people. */
export const Notify = z.object({
  message: z.string().trim().min(1).max(MAX_MESSAGE_CHARS),
  attachments: z.array(Attachment).max(50).optional(),
})
export type Notify = z.infer<typeof Notify>

/** Older agents report the state of their work here, by a `type` and without a message. */
export const NotifyOfType = Notify.partial({ message: true }).extend({
  type: z.string().min(1).max(MAX_METHOD_CHARS).optional(),
})

/** One entry of the log of a workspace. */
export const Activity = z.object({
  id: z.uuid(),
  workspace_id: WorkspaceId,
  /** Rises by one with each entry of the workspace. */
  seq: z.number().int(),
  activity_type: z.enum(activityTypes),
  direction: z.enum(activityDirections),
  /** Null for people. */
  source_id: z.string().nullable(),
  source_kind: z.string(),
  target_id: z.string().nullable(),
  method: z.string(),
  summary: z.string(),
  status: z.enum(activityStatuses),
  error_detail: z.string().nullable(),
  duration_ms: z.number().int().nullable(),
  task_id: TaskId.nullable(),
  request_body: Body.nullable(),
  response_body: Body.nullable(),
  tool_trace: z.array(z.unknown()).nullable(),
  /** True where a list shows only the beginning of a body; `GET /workspaces/:id/activity/:activityId` has all of it. */
  is_cut: z.boolean(),
  /** The same in the form that pollers of an inbox read. */
  data: z.object({ source: z.string(), source_id: z.string().nullable(), text: z.string() }),
  created_at: Timestamp,
  /** With `include=peer_info`, of an entry whose source is a workspace. */
  peer_name: z.string().optional(),
  peer_role: z.string().nullable().optional(),
  agent_card_url: z.string().optional(),
})
export type Activity = z.infer<typeof Activity>

export const LoggedActivity = z.object({ status: z.literal('logged'), id: z.uuid() })
export type LoggedActivity = z.infer<typeof LoggedActivity>

export const Notified = z.object({ status: z.literal('sent'), activity_id: z.uuid() })
export type Notified = z.infer<typeof Notified>

/** Nothing was said: nothing is kept, and nobody is told. */
export const NothingSaid = z.object({
  status: z.literal('ignored'),
  type: z.string(),
  detail: z.string(),
})
export type NothingSaid = z.infer<typeof NothingSaid>
