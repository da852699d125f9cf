import type { TaskId, WebhookId, WorkspaceId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WebhookRow, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { recordWorkspace } from '../event/record.ts'
import { type OrgScope, scopeOf } from '../identity/principal.ts'
import { createTaskIn } from '../task/task-create.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'
import { acceptedBefore, noteDelivery, taskOfDelivery } from './delivery-store.ts'
import { type Delivery, eventNameOf, isSubscribed } from './webhook-delivery.ts'
import { renderPrompt } from './webhook-prompt.ts'
import { webhookById } from './webhook-store.ts'

/** What makes work of one webhook, at most, in a minute: whoever may open an issue may open many. */
export const ACCEPTED_A_MINUTE = 60
const MINUTE_MS = 60_000

export type Received = { webhookId: WebhookId } & (
  | { outcome: 'accepted'; taskId: TaskId; isDuplicate: boolean }
  | { outcome: 'ignored' }
  | { outcome: 'refused'; retryAfterS: number }
)

/** Webhooks of one workspace. */
export type Receivers = { orgId: string; workspaceId: WorkspaceId; ids: readonly WebhookId[] }

/**
 * Writes what is made of a delivery and the work itself in one transaction, under the lock of the workspace: whoever is told "accepted"
 * has a task, and of two that bring the same delivery one makes it. Those that are gone or disabled by then are left out.
 */
export function deliver(
  db: Db,
  { orgId, workspaceId, ids }: Receivers,
  delivery: Delivery,
): Promise<Received[]> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'workspaces', workspaceId)
    const scope = scopeOf({ kind: 'system', orgId })
    const workspace = await findWorkspace(tx, scope, workspaceId)
    if (!workspace || workspace.desiredState === 'removed') return []
    const received: Received[] = []
    for (const id of ids) {
      const row = await webhookById(tx, id)
      if (row?.enabled !== 1) continue
      const outcome = await deliverTo(tx, scope, { row, workspace, delivery })
      received.push({ webhookId: id, ...outcome })
    }
    return received
  })
}

type Handing = { row: WebhookRow; workspace: WorkspaceRow; delivery: Delivery }
type Outcome = Received extends infer R ? (R extends unknown ? Omit<R, 'webhookId'> : never) : never

async function deliverTo(tx: Tx, scope: OrgScope, handing: Handing): Promise<Outcome> {
  const { row, delivery } = handing
  const { key } = delivery
  const before = await taskOfDelivery(tx, row.id, key)
  if (before) return { outcome: 'accepted', taskId: before, isDuplicate: true }
  const now = await dbNow(tx)
  const event = eventNameOf(delivery)
  if (!isSubscribed(row, delivery)) {
    const note = 'the webhook is not for this event'
    await noteDelivery(tx, row.id, { key, now, event, outcome: 'ignored', note })
    return { outcome: 'ignored' }
  }
  const minute = { since: now - MINUTE_MS, count: ACCEPTED_A_MINUTE }
  const first = await acceptedBefore(tx, row.id, minute)
  if (first !== undefined) {
    const note = `there were ${ACCEPTED_A_MINUTE} in a minute already`
    await noteDelivery(tx, row.id, { key, now, event, outcome: 'refused', note })
    return { outcome: 'refused', retryAfterS: Math.ceil((first + MINUTE_MS - now) / 1000) }
  }
  return { outcome: 'accepted', taskId: await ask(tx, scope, handing, now), isDuplicate: false }
}

async function ask(
  tx: Tx,
  scope: OrgScope,
  { row, workspace, delivery }: Handing,
  now: number,
): Promise<TaskId> {
  const event = eventNameOf(delivery)
  const { task } = await createTaskIn(tx, scope, {
    caller: { kind: 'webhook', id: row.id },
    calleeId: row.workspaceId,
    text: renderPrompt(row.prompt, delivery),
  })
  const told = { key: delivery.key, now, event, outcome: 'accepted', taskId: task.id } as const
  await noteDelivery(tx, row.id, told)
  await recordWorkspace(tx, 'WEBHOOK_TRIGGERED', workspace, {
    actor: `webhook:${row.id}`,
    payload: { webhook_id: row.id, name: row.name, delivery_event: event, task_id: task.id },
  })
  return task.id
}
