import { z } from 'zod'
import { TaskId, Timestamp, WebhookId, WorkspaceId } from './id.ts'
import { TaskStatus } from './task.ts'

/** Who signs: GitHub in its own way, or any program in ours. */
export const webhookKinds = ['github', 'generic'] as const

const name = z.string().trim().min(1).max(200)
const prompt = z.string().trim().min(1).max(20_000)

/** `issues.opened` is that action, `issues` every action of it. */
const EventFilter = z
  .string()
  .max(200)
  .regex(/^[\w-]+(\.[\w-]+)*$/, 'must be an event such as issues.opened')
const events = z.array(EventFilter).max(50)

export const CreateWebhook = z.strictObject({
  /** Of one workspace each name once. */
  name,
  kind: z.enum(webhookKinds),
  /** What the workspace is asked, with placeholders for what came: see docs/guides/webhooks.md. */
  prompt,
  /** What it is for. Of `generic` an empty list is everything; `github` names at least one. */
  events: events.default([]),
  enabled: z.boolean().default(true),
})
export type CreateWebhook = z.input<typeof CreateWebhook>

export const PatchWebhook = z.strictObject({
  name: name.optional(),
  prompt: prompt.optional(),
  events: events.optional(),
  enabled: z.boolean().optional(),
})
export type PatchWebhook = z.infer<typeof PatchWebhook>

export const Webhook = z.object({
  id: WebhookId,
  workspace_id: WorkspaceId,
  name: z.string(),
  kind: z.enum(webhookKinds),
  prompt: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  /** Where its deliveries are sent. */
  url: z.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
})
export type Webhook = z.infer<typeof Webhook>

/** Answer to its creation and to a rotation: the only times that the secret is told. */
export const WebhookWithSecret = Webhook.extend({ secret: z.string() })
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>

export const webhookOutcomes = ['accepted', 'ignored', 'refused'] as const

export const WebhookDelivery = z.object({
  /** What its sender calls it; without that, the hash of what was signed. */
  delivery_key: z.string(),
  received_at: Timestamp,
  event: z.string(),
  outcome: z.enum(webhookOutcomes),
  /** Why there was no work. */
  note: z.string(),
  task_id: TaskId.nullable(),
  task_status: TaskStatus.nullable(),
})
export type WebhookDelivery = z.infer<typeof WebhookDelivery>

/** Answer to a delivery. `task_id` is durable by then; `duplicate` says that it was made by the same delivery before. */
export const WebhookReceipt = z.object({
  status: z.enum(['accepted', 'ignored', 'pong']),
  task_id: TaskId.optional(),
  duplicate: z.literal(true).optional(),
})
export type WebhookReceipt = z.infer<typeof WebhookReceipt>

/** The same of a delivery to all webhooks of a workspace. */
export const WebhookReceipts = WebhookReceipt.extend({
  deliveries: z.array(WebhookReceipt.extend({ webhook_id: WebhookId })).optional(),
})
export type WebhookReceipts = z.infer<typeof WebhookReceipts>
