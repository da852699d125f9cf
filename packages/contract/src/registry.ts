import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'
import { DeliveryMode, WorkspaceStatus } from './workspace.ts'

/**
 * How agents that run elsewhere report in, with the token of their workspace. None of these creates a workspace, and none
 * wakes one that people stopped.
 */

const MAX_CARD_CHARACTERS = 65_536

/** Opaque but for its size; peers' prompts are built from it. */
export const AgentCard = z
  .record(z.string(), z.unknown())
  .refine((card) => JSON.stringify(card).length <= MAX_CARD_CHARACTERS, 'is larger than 64 KiB')

/** `url` is needed in push mode only. */
export const Register = z.object({
  id: z.uuid(),
  url: z.string().max(2048).optional(),
  agent_card: AgentCard.optional(),
  delivery_mode: DeliveryMode.optional(),
})
export type Register = z.infer<typeof Register>

export const Registered = z.object({
  status: z.literal('registered'),
  delivery_mode: DeliveryMode,
})
export type Registered = z.infer<typeof Registered>

const Line = z.string().max(10_000)

export const RegistryHeartbeat = z.object({
  workspace_id: z.uuid(),
  /** Share of failed work, 0 to 1. */
  error_rate: z.number().min(0).max(1).optional(),
  sample_error: Line.optional(),
  active_tasks: z.number().int().min(0).max(1_000_000).optional(),
  uptime_seconds: z.number().int().min(0).max(10_000_000_000).optional(),
  current_task: Line.optional(),
  runtime_state: z.enum(['', 'wedged']).optional(),
})
export type RegistryHeartbeat = z.infer<typeof RegistryHeartbeat>

export const RegistryOk = z.object({ status: z.enum(['ok', 'updated']) })

export const UpdateCard = z.object({ workspace_id: z.uuid(), agent_card: AgentCard })
export type UpdateCard = z.infer<typeof UpdateCard>

export const Discovered = z.object({ id: WorkspaceId, url: z.string(), name: z.string() })
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

/** Shown once, when a workspace for an outside agent is made: how that agent reports in. */
export const Connection = z.object({
  workspace_id: WorkspaceId,
  platform_url: z.string(),
  auth_token: z.string(),
  registry_endpoint: z.string(),
  heartbeat_endpoint: z.string(),
  created_at: Timestamp,
})
export type Connection = z.infer<typeof Connection>
