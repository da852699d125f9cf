import type { Queryable, WorkspaceRow } from '../../db/tables.ts'
import { notFound } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import { mayTalk } from './may-talk.ts'
import { reachable } from './reach.ts'
import { findWorkspace, listWorkspaces } from './workspace-store.ts'

/** A workspace that the principal may know of; for an agent, those it may talk to. */
export async function visibleWorkspace(
  db: Queryable,
  principal: Principal,
  id: string,
): Promise<WorkspaceRow> {
  const row = await findWorkspace(db, scopeOf(principal), id)
  if (!row) throw notFound('workspace', id)
  const isHidden =
    principal.kind === 'workspace' &&
    principal.workspaceId !== row.id &&
    !(await mayTalk(db, principal.workspaceId, row.id))
  if (isHidden) throw notFound('workspace', id)
  return row
}

/** The live workspaces that the principal may know of. */
export async function visibleWorkspaces(
  db: Queryable,
  principal: Principal,
): Promise<WorkspaceRow[]> {
  const rows = await listWorkspaces(db, scopeOf(principal))
  return principal.kind === 'workspace' ? reachable(rows, principal.workspaceId) : rows
}
