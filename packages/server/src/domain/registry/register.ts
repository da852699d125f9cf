import type { Register, UpdateCard } from '@molecule/contract/registry'
import type { DeliveryMode } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { recordWorkspace } from '../event/record.ts'
import type { Heartbeats } from '../host/heartbeats.ts'
import { actorOf, type PrincipalOf } from '../identity/principal.ts'
import { deliveryOf, isExternal } from '../workspace/external.ts'
import { moveWorkspace } from '../workspace/workspace-status.ts'
import { unreported } from './report.ts'
import { reportingWorkspace } from './reporting.ts'

type Agent = PrincipalOf<'workspace'>

/**
 * An agent says that it is there, and how it gets its work. It makes no workspace and no token. A program of a workspace
 * that we start publishes its card alone: its host says whether it is online, and gets its work.
 */
export async function register(
  { db, heartbeats }: { db: Db; heartbeats: Pick<Heartbeats, 'forget'> },
  agent: Agent,
  input: Register,
): Promise<DeliveryMode> {
  heartbeats.forget(agent.workspaceId)
  return transact(db, async (tx) => {
    await lockRow(tx, 'workspaces', agent.workspaceId)
    const row = await reportingWorkspace(tx, agent, input.id)
    const card = input.agent_card ? { agentCard: input.agent_card } : {}
    if (!isExternal(row)) {
      await publish(tx, agent, row, card)
      return 'poll'
    }
    const delivery = deliveryOf({
      mode: input.delivery_mode,
      url: input.url,
      former: { deliveryMode: row.deliveryMode ?? 'poll', url: row.url },
    })
    const told = { ...card, ...delivery, ...unreported, lastHeartbeatAt: await dbNow(tx) }
    if (row.status === 'online') await publish(tx, agent, row, told)
    else
      await moveWorkspace(tx, row.id, 'reportIn', {
        ...told,
        failureReason: null,
        provisionPhase: null,
      })
    return delivery.deliveryMode
  })
}

export async function updateCard(db: Db, agent: Agent, input: UpdateCard): Promise<void> {
  await transact(db, async (tx) => {
    await lockRow(tx, 'workspaces', agent.workspaceId)
    const row = await reportingWorkspace(tx, agent, input.workspace_id)
    const change = { agentCard: input.agent_card }
    await publish(tx, agent, row, change, 'AGENT_CARD_UPDATED')
  })
}

/** Stores what an agent tells of itself, and tells watchers. */
async function publish(
  tx: Tx,
  agent: Agent,
  row: WorkspaceRow,
  told: Partial<Pick<WorkspaceRow, 'agentCard' | 'url' | 'deliveryMode' | 'lastHeartbeatAt'>>,
  event: 'WORKSPACE_UPDATED' | 'AGENT_CARD_UPDATED' = 'WORKSPACE_UPDATED',
): Promise<void> {
  const changed = await tx
    .updateTable('workspaces')
    .set({ ...told, rev: sql`rev + 1`, updatedAt: await dbNow(tx) })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await recordWorkspace(tx, event, changed, { actor: actorOf(agent) })
}
