import { randomUUID } from 'node:crypto'
import {
  CreateWebhook,
  PatchWebhook,
  Webhook,
  WebhookDelivery,
  WebhookWithSecret,
} from '@molecule/contract/webhook'
import { on, type Route, workspaceOf } from './contract-route.ts'
import { type ContractState, Refused } from './contract-state.ts'
import { webhookRow } from './wire-rows.ts'

const webhookOf = ({ webhooks }: ContractState, id: string) => {
  const found = webhooks.find((one) => one.id === id)
  if (found) return found
  throw new Refused(404, 'not_found', `webhook ${id} does not exist`)
}

const one = '/workspaces/[^/]+/webhooks/:webhook'
const withSecret = (row: Webhook) =>
  WebhookWithSecret.parse({ ...row, secret: `mol_webhook_${'x'.repeat(43)}` })

export const webhookRoutes: Route[] = [
  on('GET', '/workspaces/:id/webhooks', ({ webhooks }, _asked, id) => ({
    body: webhooks.filter(({ workspace_id }) => workspace_id === id),
  })),
  on('POST', '/workspaces/:id/webhooks', (state, { body }, id) => {
    workspaceOf(state, id)
    const made = webhookRow({ ...CreateWebhook.parse(body), workspace_id: id })
    state.webhooks.push(made)
    return { status: 201, body: withSecret(made) }
  }),
  on('PATCH', one, (state, { body }, id) => ({
    body: Webhook.parse({ ...webhookOf(state, id), ...PatchWebhook.parse(body) }),
  })),
  on('DELETE', one, (state, _asked, id) => {
    const gone = webhookOf(state, id)
    state.webhooks = state.webhooks.filter((each) => each !== gone)
    return { status: 204 }
  }),
  on('POST', `${one}/rotate`, (state, _asked, id) => ({ body: withSecret(webhookOf(state, id)) })),
  on('GET', `${one}/deliveries`, (state, _asked, id) => {
    webhookOf(state, id)
    const delivery = {
      delivery_key: 'guid',
      received_at: '2026-01-02T03:04:05.000Z',
      event: 'issues.opened',
      outcome: 'accepted',
      note: '',
      task_id: randomUUID(),
      task_status: 'queued',
    }
    return { body: [WebhookDelivery.parse(delivery)] }
  }),
]
