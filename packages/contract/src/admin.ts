import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'

/** Body of `POST /admin/shutdown`: the server ends cleanly after it has answered. */
export const Shutdown = z.strictObject({ stop_agents: z.boolean() })
export type Shutdown = z.infer<typeof Shutdown>

/** `agents_stopped` counts agents proven gone; `agents_left` those that still run. */
export const ShutdownResult = z.object({
  agents_stopped: z.number().int(),
  agents_left: z.number().int(),
})
export type ShutdownResult = z.infer<typeof ShutdownResult>

/** What a workload with all that it started held and had used when it was looked at last. */
export const ResourceUsage = z.object({
  at: Timestamp,
  /** Of processes that live, and of their children that ended. */
  cpu_s: z.number(),
  memory_bytes: z.number().int(),
  processes: z.number().int(),
})
export type ResourceUsage = z.infer<typeof ResourceUsage>

/** Answer of `GET /workspaces/:id/usage`. `usage` is null while it is not known: nothing runs, or its backend counts nothing. */
export const WorkspaceUsage = z.object({
  workspace_id: WorkspaceId,
  incarnation: z.number().int(),
  usage: ResourceUsage.nullable(),
})
export type WorkspaceUsage = z.infer<typeof WorkspaceUsage>

/** By what the operator says an hour of its backend costs, in the operator's currency. */
export const CostHint = z.object({ per_hour: z.number(), so_far: z.number() })
export type CostHint = z.infer<typeof CostHint>

/** Something a backend was asked to create. Open until it is proven gone. */
export const Resource = z.object({
  id: z.string(),
  workspace_id: WorkspaceId,
  workspace_name: z.string().nullable(),
  incarnation: z.number().int(),
  backend: z.string(),
  node_id: z.string(),
  kind: z.string(),
  handle: z.unknown(),
  created_at: Timestamp,
  confirmed_at: Timestamp.nullable(),
  closed_at: Timestamp.nullable(),
  /** How long it has lived, or lived. */
  age_s: z.number(),
  /** Since when its stop could not be proven. */
  leak_suspect_at: Timestamp.nullable(),
  stop_attempts: z.number().int(),
  next_stop_at: Timestamp.nullable(),
  last_error: z.string().nullable(),
  usage: ResourceUsage.nullable(),
  /** Null where nobody said what the backend costs. */
  cost: CostHint.nullable(),
})
export type Resource = z.infer<typeof Resource>

/** What runs under the label of this installation and has no open resource. It is stopped after a grace. */
export const Orphan = z.object({
  id: z.string(),
  backend: z.string(),
  workspace_id: z.string(),
  incarnation: z.number().int(),
  first_seen_at: Timestamp,
  last_seen_at: Timestamp,
  /** How many sweeps have seen it. */
  rounds: z.number().int(),
  stop_attempts: z.number().int(),
  last_error: z.string().nullable(),
})
export type Orphan = z.infer<typeof Orphan>

/** What a removed workspace stored, and that is to go too. */
export const PendingPurge = z.object({
  workspace_id: WorkspaceId,
  workspace_name: z.string(),
  requested_at: Timestamp,
  attempts: z.number().int(),
  next_attempt_at: Timestamp.nullable(),
  last_error: z.string().nullable(),
})
export type PendingPurge = z.infer<typeof PendingPurge>

/** Newest first, at most 1000; with `open` only those not proven gone. */
export const ResourceList = z.object({
  resources: z.array(Resource),
  orphans: z.array(Orphan),
  purges: z.array(PendingPurge),
  /** Why the orphan sweep stops nothing at present; null while it works. */
  sweep_brake: z.string().nullable(),
})
export type ResourceList = z.infer<typeof ResourceList>

/** A loop of the server, by the last work it has completed. */
export const ControllerLiveness = z.object({
  name: z.string(),
  /** Longest rest between two rounds. */
  every_s: z.number(),
  last_round_at: Timestamp.nullable(),
  seconds_ago: z.number().nullable(),
  /** Work begun or waiting; null where there is no queue. */
  backlog: z.number().int().nullable(),
  /** Rounds that failed since the server began, each begun anew after a pause. */
  restarts: z.number().int(),
  failures_in_a_row: z.number().int(),
})
export type ControllerLiveness = z.infer<typeof ControllerLiveness>

export const Liveness = z.object({ controllers: z.array(ControllerLiveness) })
export type Liveness = z.infer<typeof Liveness>
