import type { Webhook, WebhookDelivery } from '@molecule/contract/webhook'
import type { WebhookRow } from '../../db/tables.ts'
import type { deliveriesOf } from './delivery-store.ts'

const timestamp = (at: number) => new Date(at).toISOString()

/** Without its secret. `serverUrl` is where others reach this server. */
export const webhookToWire = (row: WebhookRow, serverUrl: string): Webhook => ({
  id: row.id,
  workspace_id: row.workspaceId,
  name: row.name,
  kind: row.kind,
  prompt: row.prompt,
  events: row.eventFilter,
  enabled: row.enabled === 1,
  url: `${serverUrl}/webhooks/in/${row.id}`,
  created_at: timestamp(row.createdAt),
  updated_at: timestamp(row.updatedAt),
})

export const deliveryToWire = (
  row: Awaited<ReturnType<typeof deliveriesOf>>[number],
): WebhookDelivery => ({
  delivery_key: row.deliveryKey,
  received_at: timestamp(row.receivedAt),
  event: row.eventName,
  outcome: row.outcome,
  note: row.note,
  task_id: row.taskId,
  task_status: row.taskStatus,
})
