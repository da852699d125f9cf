import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'
import { FirstSecrets } from './secret.ts'

export const workspaceStatuses = [
  'provisioning',
  'online',
  'degraded',
  'offline',
  'failed',
  'paused',
  'hibernating',
  'hibernated',
  'awaiting_agent',
  'removed',
] as const
export const WorkspaceStatus = z.enum(workspaceStatuses)
export type WorkspaceStatus = z.infer<typeof WorkspaceStatus>

export const DesiredState = z.enum(['running', 'paused', 'hibernated', 'removed'])
export type DesiredState = z.infer<typeof DesiredState>

/** How work reaches an outside agent: we call it, or it asks. */
export const DeliveryMode = z.enum(['push', 'poll'])
export type DeliveryMode = z.infer<typeof DeliveryMode>

/** Where an outside agent says it can be called; the server checks it further. */
export const AgentUrl = z.string().trim().max(2048)

/** The steps of a start, in order. `pull` fetches what the backend lacks, and is there only where it may lack something. */
export const ProvisionPhase = z.enum(['pull', 'start', 'connect', 'ready'])
export type ProvisionPhase = z.infer<typeof ProvisionPhase>

/** Why something failed and what to do next. `detail` is safe to show to anybody who sees the row. */
export const Reason = z.object({ code: z.string(), detail: z.string(), hint: z.string() })
export type Reason = z.infer<typeof Reason>

const EnvName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)

/** Names of variables that a program needs. Of a list within the list one is enough. */
export const RequiredEnv = z.array(z.union([EnvName, z.array(EnvName).min(1).max(20)])).max(100)
export type RequiredEnv = z.infer<typeof RequiredEnv>

/**
 * A `command` runtime: one process per task. The task's text arrives on stdin, and where an argument holds
 * `{{text}}`, `{{task_id}}` or `{{workspace_id}}` it is put there too. Standard output is the answer when it exits 0.
 */
export const CommandConfig = z.strictObject({
  command: z.string().min(1).max(1000),
  args: z.array(z.string().max(10_000)).max(200).default([]),
  env: z.record(EnvName, z.string().max(10_000)).default({}),
  /** Without these, from its secrets or its `env`, it is not started. */
  required_env: RequiredEnv.optional(),
})
export type CommandConfig = z.infer<typeof CommandConfig>

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[^\r\n]*$/, 'must be one line')
const label = (max: number) =>
  line(max).regex(/^[^{}[\]|>*&!]*$/, 'must not contain any of {}[]|>*&!')

export const WorkspaceName = label(255).min(1)

/** Without work for so long, a workspace hibernates by itself; null: never. At most 30 days. */
const IdleMinutes = z.number().int().min(1).max(43_200)

/**
 * `runtime_config` is checked against the runtime's own schema by the server. `external` (or the runtime `external`) makes a
 * place for an agent that somebody runs elsewhere; `delivery_mode` and `url` are for it alone, and push needs a `url`.
 */
export const CreateWorkspace = z.object({
  name: WorkspaceName,
  role: label(1000).nullish(),
  parent_id: z.uuid().nullish(),
  runtime: line(100).optional(),
  runtime_config: z.record(z.string(), z.unknown()).optional(),
  model: line(100).optional(),
  tier: z.number().int().min(1).max(4).optional(),
  workspace_dir: z.string().max(4096).nullish(),
  max_concurrent_tasks: z.number().int().min(1).max(100).optional(),
  hibernation_idle_minutes: IdleMinutes.nullish(),
  canvas: z.object({ x: z.number(), y: z.number() }).optional(),
  /** Id of a workspace template that its configuration begins with. */
  template: z.string().max(100).optional(),
  external: z.boolean().optional(),
  delivery_mode: DeliveryMode.optional(),
  url: AgentUrl.nullish(),
})
export type CreateWorkspace = z.infer<typeof CreateWorkspace>

/** Body of `POST /workspaces`. `secrets` are stored as its own before its first start; they take the right to write secrets. */
export const NewWorkspace = CreateWorkspace.extend({
  secrets: FirstSecrets.optional(),
})
export type NewWorkspace = z.infer<typeof NewWorkspace>

export const PatchWorkspace = z.object({
  name: WorkspaceName.optional(),
  role: label(1000).nullish(),
  parent_id: z.uuid().nullish(),
  tier: z.number().int().min(1).max(4).optional(),
  model: line(100).min(1).optional(),
  runtime_config: z.record(z.string(), z.unknown()).optional(),
  max_concurrent_tasks: z.number().int().min(1).max(100).optional(),
  workspace_dir: z.string().max(4096).nullish(),
  hibernation_idle_minutes: IdleMinutes.nullish(),
  collapsed: z.boolean().optional(),
  x: z.number().optional(),
  y: z.number().optional(),
})
export type PatchWorkspace = z.infer<typeof PatchWorkspace>

export const Workspace = z.object({
  id: WorkspaceId,
  name: z.string(),
  role: z.string().nullable(),
  parent_id: WorkspaceId.nullable(),
  runtime: z.string(),
  runtime_config: z.record(z.string(), z.unknown()),
  model: z.string(),
  tier: z.number().int(),
  workspace_dir: z.string().nullable(),
  backend: z.string().nullable(),
  status: WorkspaceStatus,
  desired_state: DesiredState,
  /** Whose pause stopped it: its own id, or that of a workspace above; only a resume of that one wakes it. */
  paused_by: WorkspaceId.nullable(),
  hibernation_idle_minutes: z.number().int().nullable(),
  /** Revision of the wish, and how much of it has come true. */
  generation: z.number().int(),
  observed_generation: z.number().int(),
  /** The physical start this row speaks of; 0 before the first. */
  incarnation: z.number().int(),
  provision_phase: ProvisionPhase.nullable(),
  failure_reason: Reason.nullable(),
  /** One line of `failure_reason`, else the last runtime error, under the name older clients read. */
  last_sample_error: z.string().nullable(),
  /** The last error that the agent itself told of; it may have recovered since. */
  last_runtime_error: z.string().nullable(),
  /** Share of failed work, 0 to 1, as the agent reports it. */
  error_rate: z.number().nullable(),
  uptime_seconds: z.number().int().nullable(),
  /** Of an agent that somebody runs elsewhere. */
  delivery_mode: DeliveryMode.nullable(),
  url: z.string().nullable(),
  agent_card: z.record(z.string(), z.unknown()).nullable(),
  next_start_at: Timestamp.nullable(),
  max_concurrent_tasks: z.number().int(),
  active_tasks: z.number().int(),
  current_task: z.string().nullable(),
  last_heartbeat_at: Timestamp.nullable(),
  last_activity_at: Timestamp.nullable(),
  x: z.number(),
  y: z.number(),
  collapsed: z.boolean(),
  needs_restart: z.boolean(),
  rev: z.number().int(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Workspace = z.infer<typeof Workspace>

export const DeleteWorkspaceResult = z.object({
  status: z.literal('removed'),
  cascade_deleted: z.array(WorkspaceId),
  generation: z.number().int(),
})
export type DeleteWorkspaceResult = z.infer<typeof DeleteWorkspaceResult>
