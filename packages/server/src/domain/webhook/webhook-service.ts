import { randomUUID } from 'node:crypto'
import type { WebhookId, WorkspaceId } from '@molecule/contract/id'
import { CreateWebhook, type PatchWebhook } from '@molecule/contract/webhook'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WebhookRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { newToken } from '../../lib/token.ts'
import { audit } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import { presentKey, type Vault } from '../secret/data-key.ts'
import type { SecretCipher } from '../secret/secret-cipher.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'
import { deleteWebhook, placeOf, webhookById, webhooksOf } from './webhook-store.ts'

const MOST = 100

/** `secret` is told to whoever asked, and stored encrypted alone. */
export type MadeWebhook = { row: WebhookRow; secret: string }

/** A subscription with a secret of its own. */
export async function createWebhook(
  { db, cipher }: Vault,
  principal: Principal,
  workspaceId: WorkspaceId,
  input: CreateWebhook,
): Promise<MadeWebhook> {
  const given = CreateWebhook.parse(input)
  refuseAll(given.kind, given.events)
  return transact(db, async (tx) => {
    await lockLive(tx, principal, workspaceId)
    const others = await webhooksOf(tx, workspaceId)
    if (others.length >= MOST)
      throw new DomainError('limit_reached', `a workspace has at most ${MOST} webhooks`, {
        hint: 'Delete one that is not needed any more.',
      })
    refuseTaken(others, given.name)
    const now = await dbNow(tx)
    const place = { id: randomUUID() as WebhookId, orgId: principal.orgId, workspaceId }
    const { secret, ...sealed } = await newSecret(tx, cipher, place)
    const row = await tx
      .insertInto('webhooks')
      .values({
        ...place,
        ...sealed,
        name: given.name,
        kind: given.kind,
        prompt: withoutReturns(given.prompt),
        eventFilter: given.events,
        enabled: given.enabled ? 1 : 0,
        createdAt: now,
        updatedAt: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await auditWebhook(tx, principal, { verb: 'create', row, after: toldOf(row) })
    return { row, secret }
  })
}

async function newSecret(tx: Tx, cipher: SecretCipher, place: Parameters<typeof placeOf>[0]) {
  const secret = newToken('webhook')
  const key = await presentKey(tx, cipher)
  return { secret, ciphertext: key.seal(placeOf(place), secret), keyVersion: key.version }
}

/** A prompt written on Windows is the same prompt. */
const withoutReturns = (text: string) => text.replaceAll('\r', '')

function refuseTaken(others: readonly WebhookRow[], name: string): void {
  if (others.some((other) => other.name === name))
    throw new DomainError('name_taken', `this workspace has a webhook "${name}" already`, {
      hint: 'Choose another name, or change that one.',
    })
}

/** Whatever happens in a repository is not what anybody subscribes to. */
function refuseAll(kind: WebhookRow['kind'], events: readonly string[]): void {
  if (kind === 'github' && events.length === 0)
    throw new DomainError('invalid', 'a webhook of GitHub names the events it is for', {
      hint: 'For example issues.opened, issue_comment.created or workflow_run.completed.',
      fields: [{ path: 'events', message: 'must not be empty' }],
    })
}

/** The org with it: the first secret of all makes the first data key. */
async function lockLive(tx: Tx, principal: Principal, workspaceId: WorkspaceId): Promise<void> {
  await lockRow(tx, 'orgs', principal.orgId)
  await lockRow(tx, 'workspaces', workspaceId)
  const workspace = await findWorkspace(tx, scopeOf(principal), workspaceId)
  if (!workspace || workspace.desiredState === 'removed') throw notFound('workspace', workspaceId)
}

export type WebhookKey = { workspaceId: WorkspaceId; id: string }

async function lockWebhook(
  tx: Tx,
  principal: Principal,
  { workspaceId, id }: WebhookKey,
): Promise<WebhookRow> {
  await lockLive(tx, principal, workspaceId)
  const row = await webhookById(tx, id)
  if (row?.workspaceId !== workspaceId) throw notFound('webhook', id)
  return row
}

export function patchWebhook(
  db: Db,
  principal: Principal,
  key: WebhookKey,
  input: PatchWebhook,
): Promise<WebhookRow> {
  return transact(db, async (tx) => {
    const row = await lockWebhook(tx, principal, key)
    if (input.name !== undefined && input.name !== row.name)
      refuseTaken(await webhooksOf(tx, row.workspaceId), input.name)
    refuseAll(row.kind, input.events ?? row.eventFilter)
    const changed = await tx
      .updateTable('webhooks')
      .set({ ...columnsOf(input), updatedAt: await dbNow(tx) })
      .where('id', '=', row.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await auditWebhook(tx, principal, {
      verb: 'update',
      row,
      before: toldOf(row),
      after: toldOf(changed),
    })
    return changed
  })
}

function columnsOf({ name, prompt, events, enabled }: PatchWebhook) {
  const told = {
    name,
    prompt: prompt === undefined ? undefined : withoutReturns(prompt),
    eventFilter: events,
    enabled: enabled === undefined ? undefined : enabled ? 1 : 0,
  }
  return Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== undefined),
  ) as Partial<Pick<WebhookRow, keyof typeof told>>
}

/** From now on the former secret is good for nothing. */
export function rotateWebhook(
  { db, cipher }: Vault,
  principal: Principal,
  key: WebhookKey,
): Promise<MadeWebhook> {
  return transact(db, async (tx) => {
    const before = await lockWebhook(tx, principal, key)
    const { secret, ...sealed } = await newSecret(tx, cipher, before)
    const row = await tx
      .updateTable('webhooks')
      .set({ ...sealed, updatedAt: await dbNow(tx) })
      .where('id', '=', before.id)
      .returningAll()
      .executeTakeFirstOrThrow()
    await auditWebhook(tx, principal, { verb: 'rotate', row })
    return { row, secret }
  })
}

/** Work that it has asked for goes on. */
export function removeWebhook(db: Db, principal: Principal, key: WebhookKey): Promise<void> {
  return transact(db, async (tx) => {
    const row = await lockWebhook(tx, principal, key)
    await deleteWebhook(tx, row.id)
    await auditWebhook(tx, principal, { verb: 'delete', row, before: toldOf(row) })
  })
}

type Change = {
  verb: 'create' | 'update' | 'rotate' | 'delete'
  row: WebhookRow
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

const auditWebhook = (tx: Tx, principal: Principal, { verb, row, ...change }: Change) =>
  audit(tx, principal, {
    action: `webhook.${verb}`,
    entity: 'webhook',
    entityId: row.id,
    ...change,
  })

/** As the audit log tells it: never the secret. */
const toldOf = (row: WebhookRow) => ({
  workspace_id: row.workspaceId,
  name: row.name,
  kind: row.kind,
  prompt: row.prompt,
  events: row.eventFilter,
  enabled: row.enabled === 1,
})
