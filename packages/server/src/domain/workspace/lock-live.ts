import { lockRow } from '../../db/dialect/dialect.ts'
import type { Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import { DomainError, notFound } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import { findWorkspace } from './workspace-store.ts'

/** The row of a workspace that is not removed, locked for a verb. */
export async function lockLive(tx: Tx, principal: Principal, id: string): Promise<WorkspaceRow> {
  await lockRow(tx, 'workspaces', id)
  return liveWorkspace(tx, principal, id)
}

/** The row of a workspace that is not removed, to read. */
export async function liveWorkspace(
  db: Queryable,
  principal: Principal,
  id: string,
): Promise<WorkspaceRow> {
  const row = await findWorkspace(db, scopeOf(principal), id)
  if (!row) throw notFound('workspace', id)
  refuseRemoved(row)
  return row
}

export function refuseRemoved(row: WorkspaceRow): void {
  if (row.desiredState === 'removed') throw removedError(row)
}

export const removedError = ({ name }: WorkspaceRow) =>
  new DomainError('gone', `workspace ${name} was removed`, { hint: 'Create a new one.' })
