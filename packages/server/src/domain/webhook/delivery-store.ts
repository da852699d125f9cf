import type { TaskId, WebhookId } from '@molecule/contract/id'
import type { webhookOutcomes } from '@molecule/contract/webhook'
import type { Queryable, Tx } from '../../db/tables.ts'

const DAY_MS = 86_400_000
/** So long a delivery that made a task is known again. */
const KNOWN_MS = 30 * DAY_MS
/** Of those that made none, so many are kept to look at. */
const KEPT_WITHOUT_TASK = 200

/** Newest first, with what became of the work. */
export const deliveriesOf = (db: Queryable, id: WebhookId, limit: number) =>
  db
    .selectFrom('webhookDeliveries')
    .leftJoin('tasks', 'tasks.id', 'webhookDeliveries.taskId')
    .selectAll('webhookDeliveries')
    .select('tasks.status as taskStatus')
    .where('webhookId', '=', id)
    .orderBy('receivedAt', 'desc')
    .orderBy('deliveryKey')
    .limit(limit)
    .execute()

/** The task that this very delivery made before. */
export async function taskOfDelivery(
  tx: Tx,
  id: WebhookId,
  key: string,
): Promise<TaskId | undefined> {
  const known = await tx
    .selectFrom('webhookDeliveries')
    .select('taskId')
    .where('webhookId', '=', id)
    .where('deliveryKey', '=', key)
    .executeTakeFirst()
  return known?.taskId ?? undefined
}

/** When the `count`th newest was accepted that made work since then; undefined when there are fewer. */
export async function acceptedBefore(
  tx: Tx,
  id: WebhookId,
  { since, count }: { since: number; count: number },
): Promise<number | undefined> {
  const found = await tx
    .selectFrom('webhookDeliveries')
    .select('receivedAt')
    .where('webhookId', '=', id)
    .where('receivedAt', '>', since)
    .where('outcome', '=', 'accepted')
    .orderBy('receivedAt', 'desc')
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst()
  return found?.receivedAt
}

export type Told = {
  key: string
  now: number
  event: string
  outcome: (typeof webhookOutcomes)[number]
  note?: string
  taskId?: TaskId
}

/** One that made no task is judged anew when it is sent again: this is then its row. */
export async function noteDelivery(tx: Tx, id: WebhookId, told: Told): Promise<void> {
  const { key, now, event, outcome, note = '', taskId = null } = told
  const judged = { receivedAt: now, eventName: event, outcome, taskId, note }
  await tx
    .insertInto('webhookDeliveries')
    .values({ webhookId: id, deliveryKey: key, ...judged })
    .onConflict((of) => of.columns(['webhookId', 'deliveryKey']).doUpdateSet(judged))
    .execute()
  await tx
    .deleteFrom('webhookDeliveries')
    .where('webhookId', '=', id)
    .where('receivedAt', '<', now - KNOWN_MS)
    .execute()
  if (taskId === null) await forgetOldest(tx, id)
}

async function forgetOldest(tx: Tx, id: WebhookId): Promise<void> {
  const old = await tx
    .selectFrom('webhookDeliveries')
    .select('receivedAt')
    .where('webhookId', '=', id)
    .where('taskId', 'is', null)
    .orderBy('receivedAt', 'desc')
    .offset(KEPT_WITHOUT_TASK)
    .limit(1)
    .executeTakeFirst()
  if (!old) return
  await tx
    .deleteFrom('webhookDeliveries')
    .where('webhookId', '=', id)
    .where('taskId', 'is', null)
    .where('receivedAt', '<=', old.receivedAt)
    .execute()
}
