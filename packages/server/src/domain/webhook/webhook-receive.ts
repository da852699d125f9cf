import type { WebhookId, WorkspaceId } from '@molecule/contract/id'
import type { Db, WebhookRow } from '../../db/tables.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import { DomainError, notFound } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import { opener, type Vault } from '../secret/data-key.ts'
import { deliver, type Received } from './webhook-deliver.ts'
import { deliveryOf, githubDelivery, type Incoming } from './webhook-delivery.ts'
import { isSignedAt, isSignedByGithub } from './webhook-signature.ts'
import { placeOf, sealedWebhook, webhooksOf } from './webhook-store.ts'

/** GitHub looks whether anybody is there. */
export type Ping = 'ping'

/** The signature is the credential: why it is not good for this webhook is told to nobody. */
export async function receive(
  { db, cipher, clock }: Vault & { clock: Pick<Clock, 'now'> },
  id: string,
  incoming: Incoming,
): Promise<Received | Ping> {
  const row = await sealedWebhook(db, id)
  const secret = row && opener(cipher)({ ...row, ...placeOf(row) })
  const { kind = 'generic', enabled = 0 } = row ?? {}
  // Without a secret as much is counted as with one, so that the time tells nothing either.
  const isSigned = isSignedAs(kind, secret ?? id, incoming, clock.now())
  if (!row || secret === undefined || !isSigned || enabled === 0) throw unsigned()
  if (isPing(kind, incoming)) return 'ping'
  const [received] = await deliver(db, { ...row, ids: [row.id] }, deliveryOf(kind, incoming))
  if (!received) throw unsigned()
  return received
}

const isSignedAs = (kind: WebhookRow['kind'], secret: string, incoming: Incoming, now: number) =>
  kind === 'github' ? isSignedByGithub(secret, incoming) : isSignedAt(secret, incoming, now)

const isPing = (kind: WebhookRow['kind'], { header }: Incoming) =>
  kind === 'github' && header('x-github-event') === 'ping'

const unsigned = () =>
  new DomainError('unauthenticated', 'there is no webhook that this is signed for', {
    hint: 'Check the address, the secret and the signature; the webhook must be enabled. docs/guides/webhooks.md shows how to sign.',
  })

type Shared = {
  db: Db
  scope: OrgScope
  /** Of the whole server. */
  secret: Secret | undefined
  workspaceId: string | undefined
}

/** What older clients know: one secret for all, and a workspace whose webhooks get what they are for. */
export async function receiveShared(
  { db, scope, secret, workspaceId }: Shared,
  incoming: Incoming,
): Promise<Received[] | Ping> {
  if (!secret)
    throw new DomainError('unavailable', 'GITHUB_WEBHOOK_SECRET is not set', {
      hint: 'Set it, or send to the address of a webhook, which has a secret of its own.',
    })
  if (!isSignedByGithub(secret.reveal(), incoming)) throw unsigned()
  const delivery = githubDelivery(incoming)
  const { workspace_id: named } = delivery.payload
  const id = workspaceId ?? (typeof named === 'string' ? named : '')
  if (id === '')
    throw new DomainError('invalid', 'the delivery names no workspace', {
      hint: 'Send it to /webhooks/github/<id of the workspace>.',
    })
  const ids = await githubWebhooks(db, scope, id as WorkspaceId)
  if (ids.length === 0) throw notFound('webhook of GitHub for workspace', id)
  if (isPing('github', incoming)) return 'ping'
  return deliver(db, { orgId: scope.orgId, workspaceId: id as WorkspaceId, ids }, delivery)
}

async function githubWebhooks(db: Db, { orgId }: OrgScope, id: WorkspaceId): Promise<WebhookId[]> {
  const rows = await webhooksOf(db, id)
  return rows
    .filter((row) => row.orgId === orgId && row.kind === 'github' && row.enabled === 1)
    .map((row) => row.id)
}
