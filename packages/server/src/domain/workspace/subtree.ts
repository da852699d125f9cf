import type { WorkspaceId } from '@molecule/contract/id'
import { Subtree } from '@molecule/contract/lifecycle'
import { lockRow } from '../../db/dialect/dialect.ts'
import type { Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import { notFound } from '../error.ts'
import { type OrgScope, type Principal, scopeOf } from '../identity/principal.ts'
import { descendants, findWorkspace } from './workspace-store.ts'
import { loads } from './workspace-wire.ts'

/** A workspace with its place below the top of a subtree. */
export type Member = { row: WorkspaceRow; depth: number }

/** A workspace and the live ones below it, parents before children. */
async function subtreeOf(
  db: Queryable,
  scope: OrgScope,
  id: string,
): Promise<{ top: WorkspaceRow; members: Member[] }> {
  const top = await findWorkspace(db, scope, id)
  if (!top) throw notFound('workspace', id)
  const below = await descendants(db, top.id)
  const depths = new Map([{ id: top.id, depth: 0 }, ...below].map((each) => [each.id, each.depth]))
  const rows = await db
    .selectFrom('workspaces')
    .selectAll()
    .where('id', 'in', [...depths.keys()])
    .execute()
  const members = rows.map((row) => ({ row, depth: depths.get(row.id) ?? 0 }))
  members.sort((a, b) => a.depth - b.depth || (a.row.name < b.row.name ? -1 : 1))
  return { top, members }
}

/** The same, held for a verb: the org first, so that nothing moves in or out, then each row in the order of ids. */
export async function lockSubtree(tx: Tx, principal: Principal, id: string) {
  await lockRow(tx, 'orgs', principal.orgId)
  const scope = scopeOf(principal)
  const { members } = await subtreeOf(tx, scope, id)
  for (const each of members.map(({ row }) => row.id).sort()) await lockRow(tx, 'workspaces', each)
  return subtreeOf(tx, scope, id)
}

/** How many tasks of each of these have not ended. */
export async function openTaskCounts(
  db: Queryable,
  ids: WorkspaceId[],
): Promise<Map<WorkspaceId, number>> {
  const rows = await db
    .selectFrom('tasks')
    .select((is) => ['calleeId', is.fn.countAll<number>().as('count')])
    .where('calleeId', 'in', ids)
    .where('endedAt', 'is', null)
    .groupBy('calleeId')
    .execute()
  return new Map(rows.map(({ calleeId, count }) => [calleeId, Number(count)]))
}

/** What a verb on this workspace would reach. */
export async function previewSubtree(db: Queryable, scope: OrgScope, id: string): Promise<Subtree> {
  const { members } = await subtreeOf(db, scope, id)
  const ids = members.map(({ row }) => row.id)
  const open = await openTaskCounts(db, ids)
  const load = await loads(db, ids)
  const workspaces = members.map(({ row, depth }) => ({
    id: row.id,
    name: row.name,
    parent_id: row.parentId,
    depth,
    status: row.status,
    desired_state: row.desiredState,
    paused_by: row.pausedBy,
    active_tasks: load.get(row.id)?.activeTasks ?? 0,
    open_tasks: open.get(row.id) ?? 0,
  }))
  const sum = (of: (each: (typeof workspaces)[number]) => number) =>
    workspaces.reduce((total, each) => total + of(each), 0)
  return Subtree.parse({
    workspaces,
    count: workspaces.filter((each) => each.desired_state !== 'removed').length,
    active_tasks: sum((each) => each.active_tasks),
    open_tasks: sum((each) => each.open_tasks),
  })
}
