import { z } from 'zod'
import { TaskId, Timestamp, WorkspaceId } from './id.ts'
import { FailureClass } from './task.ts'
import { Reason } from './workspace.ts'

/**
 * What an agent host and the server say to each other: idempotent HTTP, dialled by the host.
 * `enrol` with the boot credential, everything after it with the host token of the answer.
 */

/** What a host's journal says of an attempt when a new host finds it. */
export const JournalReport = z.strictObject({
  task_id: z.uuid(),
  attempt: z.number().int().min(1),
  fence: z.number().int(),
  /** `leased`: the program never ran. `started`: it ran, its end is unknown. `ended`: it ran to its end. */
  state: z.enum(['leased', 'started', 'ended']),
  outcome: z.enum(['completed', 'failed', 'canceled', 'interrupted']).optional(),
  result: z.string().optional(),
  reason: Reason.optional(),
  failure: FailureClass.optional(),
  retry_at: Timestamp.optional(),
})
export type JournalReport = z.infer<typeof JournalReport>

export const Enrol = z.strictObject({
  incarnation: z.number().int(),
  pid: z.number().int(),
  version: z.string(),
  journal: z.array(JournalReport).max(1000),
})
export type Enrol = z.infer<typeof Enrol>

export const Enrolment = z.object({
  workspace_id: WorkspaceId,
  incarnation: z.number().int(),
  /** For this host alone: lease, start, progress, complete. */
  host_token: z.string(),
  /** For the programs it runs: delegate, read tasks and inbox. */
  agent_token: z.string(),
  name: z.string(),
  role: z.string().nullable(),
  model: z.string(),
  runtime: z.string(),
  runtime_config: z.record(z.string(), z.unknown()),
  workspace_dir: z.string().nullable(),
  max_concurrent_tasks: z.number().int(),
  /** Names what its programs remember; another number begins without that of any other. */
  session: z.number().int(),
  beat_every_ms: z.number().int(),
  kill_grace_ms: z.number().int(),
})
export type Enrolment = z.infer<typeof Enrolment>

export const LeaseRequest = z.strictObject({
  /** How many more attempts this host can take now. */
  capacity: z.number().int().min(0).max(100),
  /** Seconds to wait for work, at most 25. */
  wait_s: z.number().min(0).max(25),
  /** Attempts this host still works on, so that a cancel for one ends the wait. */
  running: z.array(z.strictObject({ task_id: z.uuid(), attempt: z.number().int() })).max(100),
})
export type LeaseRequest = z.infer<typeof LeaseRequest>

export const LeasedAttempt = z.object({
  task_id: TaskId,
  attempt: z.number().int(),
  fence: z.number().int(),
  text: z.string(),
  context_id: z.string(),
  trace_id: z.string(),
  caller_id: z.string(),
  parent_task_id: TaskId.nullable(),
})
export type LeasedAttempt = z.infer<typeof LeasedAttempt>

export const AttemptRef = z.object({ task_id: TaskId, attempt: z.number().int() })
export type AttemptRef = z.infer<typeof AttemptRef>

export const LeaseReply = z.object({
  attempts: z.array(LeasedAttempt),
  /** Running attempts that must end: canceled, failed by their deadline, or no longer ours. */
  cancel: z.array(AttemptRef),
  /** The version of the configuration that these attempts are to be worked on with; absent where there are none. */
  config_version: z.number().int().optional(),
})
export type LeaseReply = z.infer<typeof LeaseReply>

export const StartAttempt = z.strictObject({
  task_id: z.uuid(),
  attempt: z.number().int(),
  fence: z.number().int(),
})
export type StartAttempt = z.infer<typeof StartAttempt>

export const AttemptProgress = z.strictObject({
  task_id: z.uuid(),
  attempt: z.number().int(),
  fence: z.number().int(),
  /** True when the adapter saw work since the last beat: output, CPU time, children, or `molecule progress`. */
  progressed: z.boolean(),
  /** New output since the last beat. `chunk` counts up from 0, so a repeated beat writes nothing twice. */
  output: z
    .array(
      z.strictObject({
        chunk: z.number().int().min(0),
        offset: z.number().int().min(0),
        stream: z.enum(['stdout', 'stderr']),
        text: z.string().max(262_144),
      }),
    )
    .max(16),
})
export type AttemptProgress = z.infer<typeof AttemptProgress>

/** Sent every `beat_every_ms`, and sooner when there is output; it is the host's heartbeat too. */
export const Beat = z.strictObject({ attempts: z.array(AttemptProgress).max(100) })
export type Beat = z.infer<typeof Beat>

export const BeatReply = z.object({ cancel: z.array(AttemptRef) })
export type BeatReply = z.infer<typeof BeatReply>

export const CompleteAttempt = z.strictObject({
  task_id: z.uuid(),
  attempt: z.number().int(),
  fence: z.number().int(),
  outcome: z.enum(['completed', 'failed', 'canceled', 'interrupted']),
  result: z.string().max(10_000_000).optional(),
  reason: Reason.optional(),
  /** Of a failed one; permanent unless it says otherwise. */
  failure: FailureClass.optional(),
  /** When a limit is over, where the agent was told. */
  retry_at: Timestamp.optional(),
})
export type CompleteAttempt = z.infer<typeof CompleteAttempt>

/** `recorded` is false when another result stands already; the sender may forget the attempt either way. */
export const CompleteReply = z.object({ recorded: z.boolean(), late: z.boolean() })
export type CompleteReply = z.infer<typeof CompleteReply>

/** The host cannot serve at all (its program is missing, its runtime unknown): the workspace fails with this. */
export const HostFailure = z.strictObject({ reason: Reason })
export type HostFailure = z.infer<typeof HostFailure>
