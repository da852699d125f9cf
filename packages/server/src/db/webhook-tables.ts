import type { TaskId, WebhookId, WorkspaceId } from '@molecule/contract/id'
import type { webhookKinds, webhookOutcomes } from '@molecule/contract/webhook'
import type { Bit, Fixed, Json, Milliseconds } from './column.ts'

export interface WebhookTable {
  id: Fixed<WebhookId>
  orgId: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  name: string
  kind: Fixed<(typeof webhookKinds)[number]>
  /** Its secret, under the data key of that version. */
  ciphertext: string
  keyVersion: number
  prompt: string
  /** Empty: everything. */
  eventFilter: Json<string[]>
  enabled: Bit
  createdAt: Fixed<Milliseconds>
  updatedAt: Milliseconds
}

export interface WebhookDeliveryTable {
  webhookId: Fixed<WebhookId>
  deliveryKey: Fixed<string>
  receivedAt: Milliseconds
  eventName: string
  outcome: (typeof webhookOutcomes)[number]
  taskId: TaskId | null
  /** Why there was no work. */
  note: string
}
