import { z } from 'zod'
import { TaskId, Timestamp, WorkspaceId } from './id.ts'
import { Reason } from './workspace.ts'

export const taskStatuses = [
  'queued',
  'dispatched',
  'in_progress',
  'completed',
  'failed',
  'stuck',
  'canceled',
] as const
export const TaskStatus = z.enum(taskStatuses)
export type TaskStatus = z.infer<typeof TaskStatus>

export const openTaskStatuses = [
  'queued',
  'dispatched',
  'in_progress',
] as const satisfies TaskStatus[]
export const terminalTaskStatuses = [
  'completed',
  'failed',
  'stuck',
  'canceled',
] as const satisfies TaskStatus[]
export const isTerminal = (status: TaskStatus) =>
  (terminalTaskStatuses as readonly TaskStatus[]).includes(status)

/** Who asked. `id` is that of the workspace, the schedule or the webhook, otherwise the name of the person or part of the system. */
export const Caller = z.object({
  kind: z.enum(['user', 'workspace', 'schedule', 'webhook', 'system']),
  id: z.string(),
})
export type Caller = z.infer<typeof Caller>

export const WaitingFor = z.enum([
  'input',
  'approval',
  'auth',
  'quota',
  'budget',
  'workspace',
  'children',
])
export type WaitingFor = z.infer<typeof WaitingFor>

/**
 * What a failure asks for. `permanent`: the task fails. `transient`: it is tried again, up to its `max_attempts`. `quota`: it waits
 * until the limit is over, which is no failed try. `auth`: it waits until somebody has mended the credentials.
 */
export const FailureClass = z.enum(['permanent', 'transient', 'quota', 'auth'])
export type FailureClass = z.infer<typeof FailureClass>

export const AttemptOutcome = z.enum(['completed', 'failed', 'canceled', 'interrupted', 'lost'])
export type AttemptOutcome = z.infer<typeof AttemptOutcome>

export const Attempt = z.object({
  no: z.number().int(),
  incarnation: z.number().int(),
  leased_at: Timestamp,
  started_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  outcome: AttemptOutcome.nullable(),
  reason: Reason.nullable(),
  late: z.boolean(),
})
export type Attempt = z.infer<typeof Attempt>

export const timelineSteps = [
  'asked',
  'handed_over',
  'began',
  'attempt_ended',
  'asked_back',
  'answered',
  'cancel_requested',
  'ended',
  'late_result',
] as const

/** One thing that happened to a task. What does not belong to the step is null. */
export const TimelineEntry = z.object({
  at: Timestamp,
  what: z.enum(timelineSteps),
  attempt: z.number().int().nullable(),
  /** Of an attempt that ended, or of the task. */
  outcome: z.enum([...AttemptOutcome.options, ...terminalTaskStatuses]).nullable(),
  /** Who did it, as `kind:id`. */
  by: z.string().nullable(),
  text: z.string().nullable(),
})
export type TimelineEntry = z.infer<typeof TimelineEntry>

/** What lists, events and the canvas show of a task. */
export const TaskSummary = z.object({
  id: TaskId,
  caller: Caller,
  callee_id: WorkspaceId,
  status: TaskStatus,
  waiting_for: WaitingFor.nullable(),
  /** What it waits for in words: the question of its agent, the limit that was reached, the login that failed. */
  waiting_reason: Reason.nullable(),
  preview: z.string(),
  result_preview: z.string().nullable(),
  error: Reason.nullable(),
  /** Number of the newest attempt; 0 before the first. */
  attempt: z.number().int(),
  retry_count: z.number().int(),
  max_attempts: z.number().int(),
  /** 0 to 100; of two that wait, the higher is taken up first. */
  priority: z.number().int(),
  /** Nobody has to begin it after that. */
  start_by: Timestamp.nullable(),
  parent_task_id: TaskId.nullable(),
  /** The task in whose place it was asked for, and the one that was asked for in its place. */
  retry_of: TaskId.nullable(),
  superseded_by: TaskId.nullable(),
  context_id: z.string(),
  trace_id: z.string(),
  /** Null where nothing ends it: what people ask of an agent that comes for its work. */
  deadline: Timestamp.nullable(),
  last_heartbeat: Timestamp.nullable(),
  cancel_requested_at: Timestamp.nullable(),
  next_attempt_at: Timestamp.nullable(),
  created_at: Timestamp,
  updated_at: Timestamp,
  ended_at: Timestamp.nullable(),
  rev: z.number().int(),
})
export type TaskSummary = z.infer<typeof TaskSummary>

/** What the agent of an attempt asked back, and what it was answered. */
export const Question = z.object({
  attempt: z.number().int(),
  text: z.string(),
  asked_at: Timestamp,
  answer: z.string().nullable(),
  answered_by: z.string().nullable(),
  answered_at: Timestamp.nullable(),
})
export type Question = z.infer<typeof Question>

export const Task = TaskSummary.extend({
  text: z.string(),
  result: z.string().nullable(),
  attempts: z.array(Attempt),
  questions: z.array(Question),
  /** Everything that happened to it, oldest first. */
  timeline: z.array(TimelineEntry),
  children: z.array(TaskId),
})
export type Task = z.infer<typeof Task>

const text = z.string().min(1).max(1_000_000)
const idempotencyKey = z.string().min(1).max(255)
const queueing = {
  /** 0 to 100, 50 unless said: of two that wait, the higher is taken up first. */
  priority: z.number().int().min(0).max(100).optional(),
  /** Expires unless it is taken up within so many seconds. */
  start_within_s: z.number().int().min(1).max(2_592_000).optional(),
}

/** A person's or a program's request to a workspace. `deadline_s` is hard; without it the default moves with progress. */
export const CreateTask = z.strictObject({
  text,
  idempotency_key: idempotencyKey.optional(),
  context_id: z.string().max(255).optional(),
  parent_task_id: z.uuid().optional(),
  deadline_s: z.number().int().min(1).max(2_592_000).optional(),
  max_attempts: z.number().int().min(1).max(10).optional(),
  /**
   * Who is told of every state of the task until its end, as A2A push notifications: a POST of the task as JSON, tried again for about an
   * hour. With a token each carries it, and its HMAC in `X-Molecule-Signature`.
   */
  reply_to: z
    .strictObject({ url: z.url().max(2000), token: z.string().max(2000).optional() })
    .optional(),
  ...queueing,
})
export type CreateTask = z.infer<typeof CreateTask>

/** Body of `POST /tasks/:id/progress`: the agent that works on the task says that it moves on. */
export const ReportProgress = z.strictObject({ text: z.string().max(10_000).optional() })
export type ReportProgress = z.infer<typeof ReportProgress>

/**
 * Body of `POST /tasks/:id/question`: the agent that works on the task needs to know something. When its attempt ends, the task
 * waits for the answer, and the next attempt is given both.
 */
export const AskQuestion = z.strictObject({ text: z.string().trim().min(1).max(10_000) })
export type AskQuestion = z.infer<typeof AskQuestion>

/** Body of `POST /tasks/:id/answer`. A task that waits for a login or a limit goes on without a text. */
export const AnswerTask = z.strictObject({ text: z.string().trim().min(1).max(100_000).optional() })
export type AnswerTask = z.infer<typeof AnswerTask>

/** Body of `POST /workspaces/:id/delegate`, where `:id` is the caller. */
export const Delegate = z.object({
  target_id: z.uuid(),
  task: text,
  idempotency_key: idempotencyKey.optional(),
  parent_task_id: z.uuid().optional(),
  deadline_s: z.number().int().min(1).max(2_592_000).optional(),
  /** Stays on the line for so many seconds; without an answer by then the work goes on. */
  wait_s: z.number().min(0).max(25).optional(),
  ...queueing,
})
export type Delegate = z.infer<typeof Delegate>

/** Older callers put the one they ask in the path instead; who asks is said by their token. */
export const DelegateToPath = Delegate.partial({ target_id: true })

export const queueStates = [
  'ready',
  'busy',
  'starting',
  'paused',
  'hibernated',
  'offline',
  'awaiting_agent',
  'failed',
  'stopped',
] as const
export type QueueState = (typeof queueStates)[number]

/** How the queue stands that a task was put into: in what state its workspace is, and how many wait, this one included. */
export const Queue = z.object({ state: z.enum(queueStates), depth: z.number().int() })
export type Queue = z.infer<typeof Queue>

export const DelegateResult = z.object({
  delegation_id: TaskId,
  status: z.union([z.literal('delegated'), TaskStatus]),
  target_id: WorkspaceId,
  /** Why it does not begin yet: `workspace` when the target is paused. */
  waiting_for: WaitingFor.optional(),
  /** Of one that has not ended. */
  queue: Queue.optional(),
  idempotent_hit: z.boolean().optional(),
  /** The message was taken as the answer to this delegation of its receiver. */
  answered: z.boolean().optional(),
  /** The whole answer, when it came while the caller waited. */
  result: z.string().optional(),
  error: Reason.optional(),
})
export type DelegateResult = z.infer<typeof DelegateResult>

export const Delegation = z.object({
  delegation_id: TaskId,
  id: TaskId,
  type: z.literal('delegation'),
  source_id: WorkspaceId,
  target_id: WorkspaceId,
  summary: z.string(),
  status: TaskStatus,
  created_at: Timestamp,
  response_preview: z.string().optional(),
  error: z.string().optional(),
})
export type Delegation = z.infer<typeof Delegation>

/** A piece of what an attempt printed. `offset` counts UTF-16 code units from the start of the attempt's output. */
export const OutputChunk = z.object({
  task_id: TaskId,
  attempt: z.number().int(),
  chunk: z.number().int(),
  offset: z.number().int(),
  stream: z.enum(['stdout', 'stderr']),
  text: z.string(),
  at: Timestamp,
})
export type OutputChunk = z.infer<typeof OutputChunk>

export const InboxItem = z.object({
  seq: z.number().int(),
  kind: z.enum(['result', 'notice']),
  task_id: TaskId.nullable(),
  from_id: WorkspaceId.nullable(),
  status: TaskStatus.nullable(),
  late: z.boolean(),
  text: z.string(),
  created_at: Timestamp,
})
export type InboxItem = z.infer<typeof InboxItem>
