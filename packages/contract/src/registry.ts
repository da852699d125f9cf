import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'
import { AgentUrl, DeliveryMode, Workspace, WorkspaceStatus } from './workspace.ts'

/**
 * How agents that run elsewhere report in, with the token of their workspace. None of these creates a workspace, and none
 * wakes one that people stopped.
 */

const MAX_CARD_CHARACTERS = 65_536

/** Opaque but for its size; peers' prompts are built from it. */
export const AgentCard = z
  .record(z.string(), z.unknown())
  .refine((card) => JSON.stringify(card).length <= MAX_CARD_CHARACTERS, 'is larger than 64 KiB')

/** `url` is needed in push mode only. What is left out stays as it was; the mode of a fresh workspace is poll. */
export const Register = z.object({
  id: z.uuid(),
  url: AgentUrl.nullish(),
  agent_card: AgentCard.nullish(),
  delivery_mode: DeliveryMode.nullish(),
})
export type Register = z.infer<typeof Register>

export const Registered = z.object({
  status: z.literal('registered'),
  delivery_mode: DeliveryMode,
})
export type Registered = z.infer<typeof Registered>

/** Only `workspace_id` must be there: what is left out says nothing, and changes nothing. */
export const RegistryHeartbeat = z.object({
  workspace_id: z.uuid(),
  /** Share of failed work, 0 to 1. */
  error_rate: z.number().min(0).max(1).nullish(),
  sample_error: z.string().nullish(),
  active_tasks: z.number().min(0).max(1_000_000).nullish(),
  uptime_seconds: z.number().min(0).max(10_000_000_000).nullish(),
  current_task: z.string().nullish(),
  /** `wedged` is the one word that means trouble; any other, and none, means healthy. */
  runtime_state: z.string().max(100).nullish(),
})
export type RegistryHeartbeat = z.infer<typeof RegistryHeartbeat>

export const RegistryOk = z.object({ status: z.enum(['ok', 'updated']) })
export type RegistryOk = z.infer<typeof RegistryOk>

export const UpdateCard = z.object({ workspace_id: z.uuid(), agent_card: AgentCard })
export type UpdateCard = z.infer<typeof UpdateCard>

/** Where an outside agent is called, and who it is. */
export const Discovered = z.object({
  id: WorkspaceId,
  url: z.string(),
  name: z.string(),
  role: z.string().nullable(),
  status: WorkspaceStatus,
  agent_card: z.record(z.string(), z.unknown()).nullable(),
})
export type Discovered = z.infer<typeof Discovered>

export const Peer = z.object({
  id: WorkspaceId,
  name: z.string(),
  role: z.string().nullable(),
  tier: z.number().int(),
  status: WorkspaceStatus,
  url: z.string().nullable(),
  parent_id: WorkspaceId.nullable(),
  active_tasks: z.number().int(),
  agent_card: z.record(z.string(), z.unknown()).nullable(),
})
export type Peer = z.infer<typeof Peer>

export const CheckAccess = z.object({ caller_id: z.uuid(), target_id: z.uuid() })
export type CheckAccess = z.infer<typeof CheckAccess>

export const Access = z.object({ allowed: z.boolean() })
export type Access = z.infer<typeof Access>

/** How one kind of agent joins: lines to paste, and what usually goes wrong. */
export const Snippet = z.object({
  id: z.string(),
  title: z.string(),
  language: z.enum(['sh', 'json', 'ts']),
  text: z.string(),
  common_problems: z.array(z.object({ problem: z.string(), fix: z.string() })),
})
export type Snippet = z.infer<typeof Snippet>

/** How an outside agent reports in. Its token is told when it is made, by a create and by a rotation, and is empty otherwise. */
export const Connection = z.object({
  workspace_id: WorkspaceId,
  platform_url: z.string(),
  auth_token: z.string(),
  registry_endpoint: z.string(),
  heartbeat_endpoint: z.string(),
  mcp_endpoint: z.string(),
  snippets: z.array(Snippet),
  created_at: Timestamp,
})
export type Connection = z.infer<typeof Connection>

/** The answer to a create; for an outside agent with how it connects, and its token for the only time. */
export const CreatedWorkspace = Workspace.extend({
  external: z.literal(true).optional(),
  connection: Connection.optional(),
})
export type CreatedWorkspace = z.infer<typeof CreatedWorkspace>
