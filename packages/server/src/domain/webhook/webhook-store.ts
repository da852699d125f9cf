import type { WebhookId, WorkspaceId } from '@molecule/contract/id'
import type { Queryable, Tx, WebhookRow } from '../../db/tables.ts'

/** By name. */
export const webhooksOf = (db: Queryable, workspaceId: WorkspaceId): Promise<WebhookRow[]> =>
  db
    .selectFrom('webhooks')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .orderBy('name')
    .execute()

export const webhookById = (db: Queryable, id: string): Promise<WebhookRow | undefined> =>
  db
    .selectFrom('webhooks')
    .selectAll()
    .where('id', '=', id as WebhookId)
    .executeTakeFirst()

/** Where its secret belongs among all that is encrypted. */
export const placeOf = ({
  orgId,
  workspaceId,
  id,
}: Pick<WebhookRow, 'orgId' | 'workspaceId' | 'id'>) => ({
  orgId,
  workspaceId,
  name: `webhook:${id}`,
})

const sealed = (db: Queryable) =>
  db
    .selectFrom('webhooks')
    .innerJoin('secretKeys', 'secretKeys.version', 'webhooks.keyVersion')
    .selectAll('webhooks')
    .select(['secretKeys.wrapped', 'secretKeys.masterId'])

/** With the data key of its secret. */
export const sealedWebhook = (db: Queryable, id: string) =>
  sealed(db)
    .where('webhooks.id', '=', id as WebhookId)
    .executeTakeFirst()

/** Secrets under another version than this one, in order of the ids of their webhooks. */
export async function webhooksBefore(
  db: Queryable,
  version: number,
  { after, limit }: { after: string; limit: number },
) {
  const rows = await sealed(db)
    .where('webhooks.keyVersion', '<', version)
    .where('webhooks.id', '>', after as WebhookId)
    .orderBy('webhooks.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, ...placeOf(row) }))
}

export async function updateWebhookSecret(
  tx: Tx,
  id: string,
  { ciphertext, keyVersion }: Pick<WebhookRow, 'ciphertext' | 'keyVersion'>,
): Promise<void> {
  await tx
    .updateTable('webhooks')
    .set({ ciphertext, keyVersion })
    .where('id', '=', id as WebhookId)
    .execute()
}

export async function deleteWebhook(tx: Tx, id: WebhookId): Promise<void> {
  await tx.deleteFrom('webhookDeliveries').where('webhookId', '=', id).execute()
  await tx.deleteFrom('webhooks').where('id', '=', id).execute()
}

/** With their workspace they go: nothing that is sent to them starts anything any more. */
export async function deleteWebhooksOf(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  const own = tx.selectFrom('webhooks').select('id').where('workspaceId', '=', workspaceId)
  await tx.deleteFrom('webhookDeliveries').where('webhookId', 'in', own).execute()
  await tx.deleteFrom('webhooks').where('workspaceId', '=', workspaceId).execute()
}
