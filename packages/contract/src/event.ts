import { z } from 'zod'
import { Activity } from './activity.ts'
import { TaskId, Timestamp, WorkspaceId } from './id.ts'
import { OutputChunk, TaskSummary } from './task.ts'
import { Workspace } from './workspace.ts'

export const workspaceEventNames = [
  'WORKSPACE_PROVISIONING',
  'WORKSPACE_ONLINE',
  'WORKSPACE_DEGRADED',
  'WORKSPACE_AWAITING_AGENT',
  'WORKSPACE_OFFLINE',
  'WORKSPACE_PROVISION_FAILED',
  'WORKSPACE_PAUSED',
  'WORKSPACE_HIBERNATED',
  'WORKSPACE_COLLAPSED',
  'WORKSPACE_UPDATED',
  'WORKSPACE_REMOVED',
  'AGENT_CARD_UPDATED',
  /** A delegation of this workspace was refused because it would go round in a circle. */
  'DELEGATION_LOOP_STOPPED',
  /** Its agent says something to the people: `activity_id`, `name`, `message`, `attachments` stand beside the row. */
  'AGENT_MESSAGE',
  /** A schedule asked for work: `schedule_id`, `name`, `task_id`. */
  'CRON_EXECUTED',
  /** The time of a schedule came, and there is no work for it: `schedule_id`, `name`, `reason`. */
  'CRON_SKIPPED',
  /** A delivery to a webhook asked for work: `webhook_id`, `name`, `delivery_event`, `task_id`. */
  'WEBHOOK_TRIGGERED',
  'EXTERNAL_CREDENTIALS_ROTATED',
] as const
export type WorkspaceEventName = (typeof workspaceEventNames)[number]

/** Of a task whose caller is a workspace (`DELEGATION_…`) and of any other (`TASK_…`). */
export const taskEventNames = [
  'DELEGATION_SENT',
  'DELEGATION_STATUS',
  'DELEGATION_COMPLETE',
  'DELEGATION_FAILED',
  'TASK_SENT',
  'TASK_STATUS',
  'TASK_COMPLETE',
  'TASK_FAILED',
] as const
export type TaskEventName = (typeof taskEventNames)[number]

const frame = {
  /** Position in the feed; absent on ephemeral events, which are never replayed. */
  seq: z.number().int().optional(),
  workspace_id: WorkspaceId,
  timestamp: Timestamp,
  entity_id: z.string(),
  /** Raised by every change of the entity; apply only a higher one. */
  rev: z.number().int(),
  actor: z.string(),
}

/** `payload.workspace` is the whole row after the change; other keys are those of the event's catalogue entry. */
export const WorkspaceEvent = z.object({
  ...frame,
  event: z.enum(workspaceEventNames),
  entity: z.literal('workspace'),
  payload: z.looseObject({ workspace: Workspace }),
})
export type WorkspaceEvent = z.infer<typeof WorkspaceEvent>

export const TaskEvent = z.object({
  ...frame,
  event: z.enum(taskEventNames),
  entity: z.literal('task'),
  payload: z.looseObject({ task: TaskSummary }),
})
export type TaskEvent = z.infer<typeof TaskEvent>

/** Ephemeral: sent to sockets that subscribed to `task:<id>`. Read what was missed from `GET /tasks/:id/output`. */
export const TaskOutputEvent = z.object({
  ...frame,
  event: z.literal('TASK_OUTPUT'),
  entity: z.literal('task_output'),
  payload: OutputChunk,
})
export type TaskOutputEvent = z.infer<typeof TaskOutputEvent>

/** Ephemeral, at most one per workspace and second. */
export const HeartbeatEvent = z.object({
  ...frame,
  event: z.literal('WORKSPACE_HEARTBEAT'),
  entity: z.literal('heartbeat'),
  payload: z.object({ active_tasks: z.number().int(), last_heartbeat_at: Timestamp }),
})
export type HeartbeatEvent = z.infer<typeof HeartbeatEvent>

/** Ephemeral: sent to sockets that subscribed to `activity:<workspace id>`. Read what was missed from `GET /workspaces/:id/activity`. */
export const ActivityEvent = z.object({
  ...frame,
  event: z.literal('ACTIVITY_LOGGED'),
  entity: z.literal('activity'),
  payload: Activity.omit({ request_body: true, response_body: true, data: true }),
})
export type ActivityEvent = z.infer<typeof ActivityEvent>

/** Ephemeral: what the agent of a workspace says it is doing, whenever that changes. */
export const TaskUpdatedEvent = z.object({
  ...frame,
  event: z.literal('TASK_UPDATED'),
  entity: z.literal('report'),
  payload: z.object({ current_task: z.string().nullable(), active_tasks: z.number().int() }),
})
export type TaskUpdatedEvent = z.infer<typeof TaskUpdatedEvent>

/** Ephemeral: the whole answer to what a person asked. The task itself is told of by a stored event. */
export const A2aResponseEvent = z.object({
  ...frame,
  event: z.literal('A2A_RESPONSE'),
  entity: z.literal('reply'),
  payload: z.object({
    task_id: TaskId,
    response_body: z.string(),
    method: z.literal('message/send'),
    duration_ms: z.number().int(),
  }),
})
export type A2aResponseEvent = z.infer<typeof A2aResponseEvent>

export const StoredEvent = z.discriminatedUnion('entity', [WorkspaceEvent, TaskEvent])
export type StoredEvent = z.infer<typeof StoredEvent>

export const EventFrame = z.discriminatedUnion('entity', [
  WorkspaceEvent,
  TaskEvent,
  TaskOutputEvent,
  HeartbeatEvent,
  ActivityEvent,
  TaskUpdatedEvent,
  A2aResponseEvent,
])
export type EventFrame = z.infer<typeof EventFrame>

/** What the socket says about itself. After `reset` the client takes a snapshot: the gap is too old. */
export const LiveControl = z.discriminatedUnion('event', [
  z.object({
    event: z.literal('hello'),
    epoch: z.string(),
    head: z.number().int(),
    now: Timestamp,
  }),
  z.object({ event: z.literal('reset'), head: z.number().int() }),
  z.object({ event: z.literal('bookmark'), seq: z.number().int(), now: Timestamp }),
])
export type LiveControl = z.infer<typeof LiveControl>

/** Sent to a workspace, which sees a part of the feed: what it may see between two positions. */
export const FilteredEvents = z.object({
  event: z.literal('events'),
  from: z.number().int(),
  to: z.number().int(),
  events: z.array(StoredEvent),
})
export type FilteredEvents = z.infer<typeof FilteredEvents>

/** One JSON text message of `GET /ws?since=<seq>`, to people and org tokens. */
export type LiveMessage = LiveControl | EventFrame

/** What a client may say on the socket. Topics: `task:<id>` for output, `activity:<workspace id>` for its log. Each replaces the former list. */
export const LiveCommand = z.strictObject({
  type: z.literal('subscribe'),
  topics: z.array(z.string().max(100)).max(50),
})
export type LiveCommand = z.infer<typeof LiveCommand>

/** Answer of `GET /events?since=<seq>&limit=<n>&wait=<s>`. */
export const EventPage = z.object({
  events: z.array(StoredEvent),
  /** The `since` of the page after this one: it moves on even where nothing may be seen. */
  next: z.number().int(),
  epoch: z.string(),
  head: z.number().int(),
  reset: z.boolean(),
})
export type EventPage = z.infer<typeof EventPage>

/** One consistent read of everything the canvas shows, with the position to resume from. */
export const Snapshot = z.object({
  epoch: z.string(),
  seq: z.number().int(),
  now: Timestamp,
  org_id: z.string(),
  workspaces: z.array(Workspace),
  /** Every open task and the newest 200 others. */
  tasks: z.array(TaskSummary),
})
export type Snapshot = z.infer<typeof Snapshot>
