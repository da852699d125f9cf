import type { WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { prepared } from '../../db/prepared.ts'
import type { NewWorkspace, Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import type { OrgScope } from '../identity/principal.ts'

/** How many links from a workspace to its root are followed at the most. */
export const MAX_DEPTH = 32

export async function listWorkspaces(db: Queryable, scope: OrgScope): Promise<WorkspaceRow[]> {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where('orgId', '=', scope.orgId)
    .where('status', '<>', 'removed')
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
}

/** Those that nobody wishes removed, oldest first. */
export const wantedWorkspaces = (db: Queryable, { orgId }: OrgScope): Promise<WorkspaceRow[]> =>
  db
    .selectFrom('workspaces')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('desiredState', '<>', 'removed')
    .orderBy('createdAt')
    .orderBy('name')
    .execute()

const byId = prepared((db, { id }: { id: WorkspaceId }) =>
  db.selectFrom('workspaces').selectAll().where('id', '=', id),
)

export async function findWorkspace(
  db: Queryable,
  scope: OrgScope,
  id: string,
): Promise<WorkspaceRow | undefined> {
  const [row] = await byId(db, { id: id as WorkspaceId })
  return row?.orgId === scope.orgId ? row : undefined
}

/** Without a tenant: for controllers and for credentials that name the workspace themselves. */
export async function workspaceById(
  db: Queryable,
  id: WorkspaceId,
): Promise<WorkspaceRow | undefined> {
  return (await byId(db, { id }))[0]
}

/** A live workspace of this name under this parent (null: among the roots). */
export async function findLiveByName(
  db: Queryable,
  scope: OrgScope,
  place: { parentId: WorkspaceId | null; name: string },
): Promise<WorkspaceRow | undefined> {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where('orgId', '=', scope.orgId)
    .where('name', '=', place.name)
    .where('parentId', place.parentId === null ? 'is' : '=', place.parentId)
    .where('desiredState', '<>', 'removed')
    .executeTakeFirst()
}

export async function insertWorkspace(tx: Tx, row: NewWorkspace): Promise<WorkspaceRow> {
  return tx.insertInto('workspaces').values(row).returningAll().executeTakeFirstOrThrow()
}

/** The workspace itself and everything above it, nearest first. */
export async function ancestry(db: Queryable, id: WorkspaceId): Promise<WorkspaceId[]> {
  const { rows } = await sql<{ id: WorkspaceId }>`
    with recursive up (id, parent_id, depth) as (
      select id, parent_id, 0 from workspaces where id = ${id}
      union all
      select w.id, w.parent_id, up.depth + 1 from workspaces w join up on w.id = up.parent_id
      where up.depth < ${MAX_DEPTH}
    )
    select id from up order by depth`.execute(db)
  return rows.map((row) => row.id)
}

/** Live workspaces below, with how far down they are; nearest first. */
export async function descendants(
  db: Queryable,
  id: WorkspaceId,
): Promise<{ id: WorkspaceId; name: string; depth: number }[]> {
  const { rows } = await sql<{ id: WorkspaceId; name: string; depth: number }>`
    with recursive down (id, name, depth) as (
      select id, name, 0 from workspaces where id = ${id}
      union all
      select w.id, w.name, down.depth + 1 from workspaces w join down on w.parent_id = down.id
      where w.desired_state <> 'removed' and down.depth < ${MAX_DEPTH}
    )
    select id, name, depth from down where depth > 0 order by depth, name`.execute(db)
  return rows
}

/** Who stands under whom among the live workspaces of an org. */
export async function liveNodes(
  db: Queryable,
  orgId: string,
): Promise<{ id: WorkspaceId; parentId: WorkspaceId | null }[]> {
  return db
    .selectFrom('workspaces')
    .select(['id', 'parentId'])
    .where('orgId', '=', orgId)
    .where('desiredState', '<>', 'removed')
    .execute()
}
