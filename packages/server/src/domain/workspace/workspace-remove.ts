import type { WorkspaceId } from '@molecule/contract/id'
import type { CollapseResult } from '@molecule/contract/lifecycle'
import type { DeleteWorkspaceResult } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { revokeOfWorkspace } from '../identity/credential-store.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { deleteSchedulesOf } from '../schedule/schedule-store.ts'
import { deleteSecretsOf } from '../secret/secret-store.ts'
import { endTasksOfRemoved } from '../task/task-removal.ts'
import { deleteWebhooksOf } from '../webhook/webhook-store.ts'
import { refuseRemoved } from './lock-live.ts'
import { lockSubtree } from './subtree.ts'
import { auditWorkspace, workspaceFields } from './workspace-audit.ts'
import { writeWish } from './workspace-wish.ts'

/** `purge`: also what it stored is removed, once its stop is proven. */
type Options = { confirm: boolean; purge?: boolean }

/** Removes a workspace and all below it: names, tokens and open tasks at once, processes by the controller. */
export async function removeWorkspace(
  db: Db,
  principal: Principal,
  id: string,
  options: Options,
): Promise<DeleteWorkspaceResult> {
  return transact(db, (tx) => removeWorkspaceIn(tx, principal, id, options))
}

export async function removeWorkspaceIn(
  tx: Tx,
  principal: Principal,
  id: string,
  { confirm, purge = false }: Options,
): Promise<DeleteWorkspaceResult> {
  const { top, members } = await lockSubtree(tx, principal, id)
  const below = members.filter(({ row }) => row.id !== top.id).map(({ row }) => row)
  if (below.length > 0 && !confirm) throw needsConfirmation(top, below)
  const removed = await removeAll(tx, { rows: [top, ...below], purge })
  for (const row of removed) await auditRemoval(tx, principal, row, purge)
  await tell(tx, removed, actorOf(principal))
  const { generation } = removed.find((row) => row.id === top.id) ?? top
  return { status: 'removed', cascade_deleted: below.map((row) => row.id), generation }
}

/** Removes everything below a workspace, by the same routine; it stays itself. */
export async function collapseWorkspace(
  db: Db,
  principal: Principal,
  id: string,
  { confirm, purge = false }: Options,
): Promise<CollapseResult> {
  return transact(db, async (tx) => {
    const { top, members } = await lockSubtree(tx, principal, id)
    refuseRemoved(top)
    const below = members.filter(({ row }) => row.id !== top.id).map(({ row }) => row)
    if (below.length > 0 && !confirm) throw needsConfirmation(top, below)
    if (below.length === 0) return { status: 'collapsed', removed: [], generation: top.generation }
    const removed = await removeAll(tx, { rows: below, purge })
    const ids = removed.map((row) => row.id)
    const changed = await raiseRev(tx, top.id)
    await auditWorkspace(tx, principal, top, {
      verb: 'collapse',
      after: { workspaces: ids, purge },
    })
    for (const row of removed) await auditRemoval(tx, principal, row, purge)
    await tell(tx, removed, actorOf(principal))
    await recordWorkspace(tx, 'WORKSPACE_COLLAPSED', changed, {
      actor: actorOf(principal),
      payload: { removed_children: ids },
    })
    return { status: 'collapsed', removed: ids, generation: top.generation }
  })
}

/** The wishes, the tokens, the secrets and the tasks of rows that the caller has locked. One that is removed can still be purged. */
async function removeAll(
  tx: Tx,
  { rows, purge }: { rows: WorkspaceRow[]; purge: boolean },
): Promise<WorkspaceRow[]> {
  const now = await dbNow(tx)
  const removed: WorkspaceRow[] = []
  for (const row of rows) {
    const isNewPurge = purge && row.purgeRequestedAt === null
    if (row.desiredState === 'removed' && !isNewPurge) continue
    const change = {
      desiredState: 'removed',
      ...(isNewPurge ? { purgeRequestedAt: now } : {}),
    } as const
    removed.push(await writeWish(tx, row.id, change))
    await revokeOfWorkspace(tx, row.id, now)
    await deleteSecretsOf(tx, row.id)
    await deleteSchedulesOf(tx, row.id)
    await deleteWebhooksOf(tx, row.id)
  }
  for (const row of removed) await endTasksOfRemoved(tx, row)
  return removed
}

const auditRemoval = (tx: Tx, principal: Principal, row: WorkspaceRow, purge: boolean) =>
  auditWorkspace(tx, principal, row, {
    verb: 'remove',
    before: workspaceFields(row),
    after: { desired_state: 'removed', purge },
  })

async function tell(tx: Tx, removed: WorkspaceRow[], actor: string): Promise<void> {
  for (const row of removed) await recordWorkspace(tx, 'WORKSPACE_UPDATED', row, { actor })
}

/** So that watchers take the event of the row for news. */
async function raiseRev(tx: Tx, id: WorkspaceId): Promise<WorkspaceRow> {
  return tx
    .updateTable('workspaces')
    .set({ rev: sql`rev + 1`, updatedAt: await dbNow(tx) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

const needsConfirmation = (row: WorkspaceRow, below: WorkspaceRow[]) =>
  new DomainError(
    'confirmation_required',
    `workspace ${row.name} has ${below.length} below it that would be removed too`,
    {
      hint: 'Repeat with ?confirm=true to remove them all. GET /workspaces/:id/subtree shows what runs there.',
      extra: {
        children: below.map(({ id, name }) => ({ id, name })),
        children_count: below.length,
      },
    },
  )
