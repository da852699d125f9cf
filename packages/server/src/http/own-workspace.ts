import type { WorkspaceId } from '@molecule/contract/id'
import { DomainError, notFound } from '../domain/error.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { findWorkspace } from '../domain/workspace/workspace-store.ts'
import type { Services } from './context.ts'

/** The workspace in whose name the principal may act: an agent its own, people any. */
export async function ownWorkspace(
  { db }: Pick<Services, 'db'>,
  principal: Principal,
  id: string,
): Promise<WorkspaceId> {
  // That it lives needs no look: what removes a workspace revokes its credentials.
  if (principal.kind === 'workspace' && principal.workspaceId === id) return principal.workspaceId
  if (principal.kind === 'workspace')
    throw new DomainError('forbidden', 'an agent may act only in the name of its own workspace', {
      hint: 'Use the id in WORKSPACE_ID.',
    })
  const row = await findWorkspace(db, scopeOf(principal), id)
  if (!row || row.desiredState === 'removed') throw notFound('workspace', id)
  return row.id
}
