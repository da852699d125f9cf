import type {
  CreateWebhook,
  PatchWebhook,
  Webhook,
  WebhookDelivery,
  WebhookWithSecret,
} from '@molecule/contract/webhook'
import type { CallOptions, Requester } from './request.ts'

type Key = { workspace: string; webhook: string }

/** Work that a workspace is asked for by signed deliveries from outside. */
export function webhookCalls(request: Requester) {
  const all = (workspace: string) => `/workspaces/${encodeURIComponent(workspace)}/webhooks`
  const one = ({ workspace, webhook }: Key) => `${all(workspace)}/${encodeURIComponent(webhook)}`
  return {
    list: (workspace: string, call: CallOptions = {}) =>
      request<Webhook[]>({ method: 'GET', path: all(workspace), ...call }),
    /** Tells its secret, for the only time. */
    create: (workspace: string, body: CreateWebhook, call: CallOptions = {}) =>
      request<WebhookWithSecret>({ method: 'POST', path: all(workspace), body, ...call }),
    update: (key: Key, body: PatchWebhook, call: CallOptions = {}) =>
      request<Webhook>({ method: 'PATCH', path: one(key), body, ...call }),
    remove: (key: Key, call: CallOptions = {}) =>
      request<void>({ method: 'DELETE', path: one(key), ...call }),
    /** Another secret from now on; the former one is good for nothing. */
    rotate: (key: Key, call: CallOptions = {}) =>
      request<WebhookWithSecret>({ method: 'POST', path: `${one(key)}/rotate`, ...call }),
    /** Its last 50, newest first. */
    deliveries: (key: Key, call: CallOptions = {}) =>
      request<WebhookDelivery[]>({ method: 'GET', path: `${one(key)}/deliveries`, ...call }),
  }
}
