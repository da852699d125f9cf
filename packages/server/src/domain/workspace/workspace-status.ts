import type { WorkspaceEventName } from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import {
  type ProvisionPhase,
  type Reason,
  type WorkspaceStatus,
  workspaceStatuses,
} from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { ReportedColumn, Tx, WorkspaceRow } from '../../db/tables.ts'
import { recordWorkspace } from '../event/record.ts'

type Move = {
  from: readonly WorkspaceStatus[]
  to: WorkspaceStatus
  event: WorkspaceEventName
  /** What the event says besides the row. */
  tells?: readonly ('name' | 'tier')[]
}

const live = workspaceStatuses.filter((status) => status !== 'removed')

/** Every legal move. `removed` is in no `from`, so nothing leaves it. */
const moves = {
  begin: { from: live, to: 'provisioning', event: 'WORKSPACE_PROVISIONING' },
  reportIn: {
    from: ['provisioning', 'awaiting_agent', 'degraded', 'offline'],
    to: 'online',
    event: 'WORKSPACE_ONLINE',
  },
  degrade: { from: ['online'], to: 'degraded', event: 'WORKSPACE_DEGRADED' },
  recover: { from: ['degraded'], to: 'online', event: 'WORKSPACE_ONLINE' },
  awaitAgent: {
    from: live.filter((status) => status !== 'awaiting_agent'),
    to: 'awaiting_agent',
    event: 'WORKSPACE_AWAITING_AGENT',
  },
  goSilent: {
    from: ['provisioning', 'online', 'degraded'],
    to: 'offline',
    event: 'WORKSPACE_OFFLINE',
  },
  fail: {
    from: ['provisioning', 'online', 'degraded', 'offline'],
    to: 'failed',
    event: 'WORKSPACE_PROVISION_FAILED',
  },
  pause: {
    from: live.filter((status) => status !== 'paused'),
    to: 'paused',
    event: 'WORKSPACE_PAUSED',
    tells: ['name'],
  },
  doze: {
    from: live.filter((status) => status !== 'hibernating' && status !== 'hibernated'),
    to: 'hibernating',
    event: 'WORKSPACE_UPDATED',
  },
  hibernate: {
    from: live.filter((status) => status !== 'hibernated'),
    to: 'hibernated',
    event: 'WORKSPACE_HIBERNATED',
    tells: ['name', 'tier'],
  },
  remove: { from: live, to: 'removed', event: 'WORKSPACE_REMOVED' },
} as const satisfies Record<string, Move>
export type WorkspaceMove = keyof typeof moves

/** What an agent reports of itself, or publishes: part of the move that it causes. */
type Told = {
  [Column in ReportedColumn | 'agentCard' | 'url' | 'deliveryMode']?:
    | WorkspaceRow[Column]
    | undefined
}

/** Stopped as wished, and proven so. */
type AtRest = { observedGeneration: number; failureReason: null; provisionPhase: null }

type Changes = {
  begin: {
    incarnation: number
    startedGeneration: number
    provisionPhase: ProvisionPhase
    provisionStartedAt: number
    backend: string
    nodeId: string
    nextStartAt: null
  } & Told
  reportIn: { failureReason: null; provisionPhase: null; lastHeartbeatAt: number } & Told
  degrade: { failureReason: Reason } & Told
  recover: { failureReason: null } & Told
  awaitAgent: { failureReason: Reason | null }
  goSilent: { failureReason: Reason; startFailures?: number; nextStartAt?: number | null }
  fail: { failureReason: Reason; startFailures: number; nextStartAt: number | null }
  pause: AtRest
  doze: { provisionPhase: null }
  hibernate: AtRest
  remove: { observedGeneration: number; failureReason: null }
}
export type ChangeFor<M extends WorkspaceMove> = Changes[M]

/** Compare: what the mover saw must still be so. */
export type Seen = { incarnation?: number; generation?: number }

/** What the event of one move says besides the row. */
type Detail = { payload?: Record<string, unknown> }

/**
 * Compare and set, the only writer of `status`. Answers nothing, and records nothing, when the move is not legal now
 * or the row is no longer what the mover saw.
 */
export async function moveWorkspace<M extends WorkspaceMove>(
  tx: Tx,
  id: WorkspaceId,
  move: M,
  change: ChangeFor<M>,
  seen: Seen & Detail = {},
): Promise<WorkspaceRow | undefined> {
  const { from, to, event, tells = [] }: Move = moves[move]
  const row = await tx
    .updateTable('workspaces')
    .set({ ...change, updatedAt: await dbNow(tx), rev: sql`rev + 1` })
    .set({ status: to } as never)
    .where('id', '=', id)
    .where('status', 'in', from)
    .$if(seen.incarnation !== undefined, (q) => q.where('incarnation', '=', seen.incarnation ?? 0))
    .$if(seen.generation !== undefined, (q) => q.where('generation', '=', seen.generation ?? 0))
    .returningAll()
    .executeTakeFirst()
  if (row) {
    const facts = Object.fromEntries(tells.map((key) => [key, row[key]]))
    await recordWorkspace(tx, event, row, { payload: { ...facts, ...seen.payload } })
  }
  return row
}
