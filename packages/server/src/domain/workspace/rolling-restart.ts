import type { RestartDependents, RollingRestart } from '@molecule/contract/secret'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { notFound } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import type { Principal } from '../identity/principal.ts'
import { wake } from '../wake.ts'
import { isStartedByUs } from './external.ts'
import { workspaceById } from './workspace-store.ts'
import { needsRestart } from './workspace-wire.ts'
import { wishRunning } from './workspace-wish.ts'

/** How many workspaces a rolling restart keeps from their work at the same time. */
const ROLLING_AT_ONCE = 2

/** Has those that run with older values restarted one after the other. They wait for their turn in the database. */
export async function requestRollingRestart(
  db: Db,
  principal: Principal,
  { workspace_id }: RestartDependents,
): Promise<RollingRestart> {
  const { orgId } = principal
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', orgId)
    const ours = await liveOfOurs(tx, orgId)
    const asked = ours.filter((row) => workspace_id === undefined || row.id === workspace_id)
    if (workspace_id !== undefined && asked.length === 0) throw notFound('workspace', workspace_id)
    const rows = asked.filter(needsRestart)
    const now = await dbNow(tx)
    for (const row of rows)
      await tx
        .updateTable('workspaces')
        .set({ rollingRestartAt: row.rollingRestartAt ?? now })
        .where('id', '=', row.id)
        .execute()
    const ids = rows.map((row) => row.id)
    await audit(tx, principal, {
      action: 'workspace.rolling_restart',
      entity: 'org',
      entityId: orgId,
      after: { workspaces: ids },
    })
    wake(tx, 'rolling-restart')
    return { workspaces: rows.map(({ id, name }) => ({ id, name })) }
  })
}

async function liveOfOurs(db: Queryable, orgId: string): Promise<WorkspaceRow[]> {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('desiredState', '<>', 'removed')
    .where(isStartedByUs)
    .orderBy('id')
    .execute()
}

/** Orgs in which somebody waits for its turn, or has it. */
export async function rollingOrgs(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('workspaces')
    .select('orgId')
    .distinct()
    .where('rollingRestartAt', 'is not', null)
    .execute()
  return rows.map((row) => row.orgId)
}

/**
 * Gives the next ones their turn, as many as have a place. An idle one is restarted; where all are busy, the first get no
 * more work until they are idle. One that does not come back keeps its place, so that a bad value never takes them all down.
 */
export async function rollOn(tx: Tx, orgId: string): Promise<void> {
  await lockRow(tx, 'orgs', orgId)
  const rows = await liveOfOurs(tx, orgId)
  const turns = rows.filter(isWaiting).sort(byTurn)
  let free = ROLLING_AT_ONCE - rows.filter(isUnderWay).length
  const busy: WorkspaceRow[] = []
  for (const row of turns) {
    if (free <= 0) break
    if (await restartIfIdle(tx, row)) free -= 1
    else busy.push(row)
  }
  const draining = new Set(busy.slice(0, Math.max(0, free)).map((row) => row.id))
  await drainOnly(tx, orgId, { rows, draining })
}

const isWaiting = (row: WorkspaceRow) =>
  row.rollingRestartAt !== null && needsRestart(row) && !isStarting(row)

const isStarting = (row: WorkspaceRow) =>
  row.desiredState === 'running' &&
  (row.restartGeneration > row.startedGeneration || row.status === 'provisioning')

const isUp = ({ status }: WorkspaceRow) => status === 'online' || status === 'degraded'

/** Whatever starts counts, whoever asked for it; and whoever had its turn, until it is up again. */
const isUnderWay = (row: WorkspaceRow) =>
  isStarting(row) ||
  (row.desiredState === 'running' &&
    row.rollingRestartAt !== null &&
    !needsRestart(row) &&
    !isUp(row))

const isOver = (row: WorkspaceRow) =>
  row.rollingRestartAt !== null && !isWaiting(row) && !isUnderWay(row)

/** Those that drain already first, then whoever waits longest. */
const byTurn = (a: WorkspaceRow, b: WorkspaceRow) =>
  Number(b.drainingAt !== null) - Number(a.drainingAt !== null) ||
  (a.rollingRestartAt ?? 0) - (b.rollingRestartAt ?? 0) ||
  (a.id < b.id ? -1 : 1)

/** Under its lock, so that no work is handed out, and nobody else restarts it, in between. */
async function restartIfIdle(tx: Tx, { id }: WorkspaceRow): Promise<boolean> {
  await lockRow(tx, 'workspaces', id)
  const now = await workspaceById(tx, id)
  if (!now || !isWaiting(now)) return false
  const open = await tx
    .selectFrom('taskAttempts')
    .select('no')
    .where('workspaceId', '=', id)
    .where('endedAt', 'is', null)
    .limit(1)
    .executeTakeFirst()
  if (open) return false
  const row = await wishRunning(tx, id)
  // It was down before: should it fail again, that is no reason to hold up the others.
  if (now.status === 'failed') await endTurn(tx, row)
  await recordWorkspace(tx, 'WORKSPACE_UPDATED', row)
  return true
}

async function endTurn(tx: Tx, { id }: Pick<WorkspaceRow, 'id'>): Promise<void> {
  await tx
    .updateTable('workspaces')
    .set({ rollingRestartAt: null, drainingAt: null })
    .where('id', '=', id)
    .execute()
}

/** Those whose turn is over leave; of the rest exactly the chosen ones get no more work. */
async function drainOnly(
  tx: Tx,
  orgId: string,
  { rows, draining }: { rows: WorkspaceRow[]; draining: Set<string> },
): Promise<void> {
  for (const row of rows.filter(isOver)) await endTurn(tx, row)
  const now = await dbNow(tx)
  for (const row of rows) {
    const shouldDrain = draining.has(row.id)
    if (shouldDrain === (row.drainingAt !== null)) continue
    await tx
      .updateTable('workspaces')
      .set({ drainingAt: shouldDrain ? now : null })
      .where('id', '=', row.id)
      .execute()
    if (!shouldDrain) wake(tx, `ws:${row.id}`)
  }
  // Whoever was removed while it waited has no row among the live ones.
  await tx
    .updateTable('workspaces')
    .set({ rollingRestartAt: null, drainingAt: null })
    .where('orgId', '=', orgId)
    .where('desiredState', '=', 'removed')
    .where('rollingRestartAt', 'is not', null)
    .execute()
}
