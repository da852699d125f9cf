import {
  CreateWebhook,
  PatchWebhook,
  type Webhook,
  type WebhookDelivery,
  type WebhookReceipt,
  type WebhookReceipts,
  type WebhookWithSecret,
} from '@molecule/contract/webhook'
import { type Context, Hono } from 'hono'
import { notFound } from '../domain/error.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { deliveriesOf } from '../domain/webhook/delivery-store.ts'
import { ACCEPTED_A_MINUTE, type Received } from '../domain/webhook/webhook-deliver.ts'
import { receive, receiveShared } from '../domain/webhook/webhook-receive.ts'
import {
  createWebhook,
  type MadeWebhook,
  patchWebhook,
  removeWebhook,
  rotateWebhook,
  type WebhookKey,
} from '../domain/webhook/webhook-service.ts'
import { webhookById, webhooksOf } from '../domain/webhook/webhook-store.ts'
import { deliveryToWire, webhookToWire } from '../domain/webhook/webhook-wire.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { incomingOf } from './incoming.ts'
import { RateLimited } from './limits.ts'
import { ownWorkspace } from './own-workspace.ts'

const HISTORY = 50

/** In whose name, and which. */
const keyOf = async (
  services: Services,
  principal: Principal,
  { id, webhookId }: { id: string; webhookId: string },
): Promise<WebhookKey> => ({
  workspaceId: await ownWorkspace(services, principal, id),
  id: webhookId,
})

const withSecret = ({ row, secret }: MadeWebhook, { url }: Services): WebhookWithSecret => ({
  ...webhookToWire(row, url()),
  secret,
})

/** Subscriptions to what happens elsewhere, under `/workspaces/:id/webhooks`. */
export const webhookRoutes = (services: Services) => {
  const { db, url } = services
  return new Hono<AppEnv>()
    .get('/:id/webhooks', guard(services, 'GET /workspaces/:id/webhooks'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const rows = await webhooksOf(db, id)
      return c.json(rows.map((row) => webhookToWire(row, url())) satisfies Webhook[])
    })
    .post('/:id/webhooks', guard(services, 'POST /workspaces/:id/webhooks'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const input = await readBody(c, CreateWebhook)
      const made = await createWebhook(services, c.var.principal, id, input)
      return c.json(withSecret(made, services), 201)
    })
}

/** Each of them, under the same path. */
export const oneWebhookRoutes = (services: Services) => {
  const { db, url } = services
  return new Hono<AppEnv>()
    .patch(
      '/:id/webhooks/:webhookId',
      guard(services, 'PATCH /workspaces/:id/webhooks/:webhookId'),
      async (c) => {
        const key = await keyOf(services, c.var.principal, c.req.param())
        const input = await readBody(c, PatchWebhook)
        const row = await patchWebhook(db, c.var.principal, key, input)
        return c.json(webhookToWire(row, url()))
      },
    )
    .delete(
      '/:id/webhooks/:webhookId',
      guard(services, 'DELETE /workspaces/:id/webhooks/:webhookId'),
      async (c) => {
        const key = await keyOf(services, c.var.principal, c.req.param())
        await removeWebhook(db, c.var.principal, key)
        return c.body(null, 204)
      },
    )
    .post(
      '/:id/webhooks/:webhookId/rotate',
      guard(services, 'POST /workspaces/:id/webhooks/:webhookId/rotate'),
      async (c) => {
        const key = await keyOf(services, c.var.principal, c.req.param())
        return c.json(withSecret(await rotateWebhook(services, c.var.principal, key), services))
      },
    )
    .get(
      '/:id/webhooks/:webhookId/deliveries',
      guard(services, 'GET /workspaces/:id/webhooks/:webhookId/deliveries'),
      async (c) => {
        const { workspaceId, id } = await keyOf(services, c.var.principal, c.req.param())
        const row = await webhookById(db, id)
        if (row?.workspaceId !== workspaceId) throw notFound('webhook', id)
        const deliveries = await deliveriesOf(db, row.id, HISTORY)
        return c.json(deliveries.map(deliveryToWire) satisfies WebhookDelivery[])
      },
    )
}

/** Where deliveries come in, under `/webhooks`. Their signature is their credential. */
export const deliveryRoutes = (services: Services) => {
  const shared = async (c: Context<AppEnv>, workspaceId?: string) => {
    const { db, orgId, githubSecret: secret } = services
    const scope = scopeOf({ kind: 'system', orgId })
    const incoming = await incomingOf(c)
    const received = await receiveShared({ db, scope, secret, workspaceId }, incoming)
    if (received === 'ping') return c.json({ status: 'pong' } satisfies WebhookReceipts)
    const receipt = receiptOfAll(received)
    return c.json(receipt, statusOf(receipt))
  }
  return new Hono<AppEnv>()
    .post('/in/:webhookId', async (c) => {
      const received = await receive(services, c.req.param('webhookId'), await incomingOf(c))
      if (received === 'ping') return c.json({ status: 'pong' } satisfies WebhookReceipt)
      const receipt = receiptOf(received)
      return c.json(receipt, statusOf(receipt))
    })
    .post('/github', (c) => shared(c))
    .post('/github/:id', (c) => shared(c, c.req.param('id')))
}

const statusOf = ({ duplicate }: WebhookReceipt) => (duplicate ? 200 : 202)

function receiptOf(received: Received): WebhookReceipt {
  if (received.outcome === 'refused') throw tooMany(received)
  if (received.outcome === 'ignored') return { status: 'ignored' }
  const { taskId: task_id, isDuplicate } = received
  return { status: 'accepted', task_id, ...(isDuplicate ? { duplicate: true } : {}) }
}

/** One that is over its limit makes all of it come again: what the others made is known by then. */
function receiptOfAll(all: readonly Received[]): WebhookReceipts {
  const told = all.map((each) => ({ ...receiptOf(each), webhook_id: each.webhookId }))
  const accepted = told.filter(({ status }) => status === 'accepted')
  const { task_id } = accepted.find(({ duplicate }) => !duplicate) ?? accepted[0] ?? {}
  if (task_id === undefined) return { status: 'ignored', deliveries: told }
  const isDuplicate = accepted.every(({ duplicate }) => duplicate)
  return {
    status: 'accepted',
    task_id,
    ...(isDuplicate ? { duplicate: true as const } : {}),
    deliveries: told,
  }
}

const tooMany = ({ retryAfterS }: Extract<Received, { outcome: 'refused' }>) =>
  new RateLimited(
    { limit: ACCEPTED_A_MINUTE, remaining: 0, resetS: retryAfterS, isOver: true },
    'deliveries of this webhook',
  )
