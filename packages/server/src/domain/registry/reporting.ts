import type { WorkspaceStatus } from '@molecule/contract/workspace'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'
import { DomainError, fenced } from '../error.ts'
import type { PrincipalOf } from '../identity/principal.ts'
import { workspaceById } from '../workspace/workspace-store.ts'

const expecting: readonly WorkspaceStatus[] = [
  'provisioning',
  'awaiting_agent',
  'online',
  'degraded',
  'offline',
]

/** The workspace that an agent reports for: its own, by its token, and only while an agent is expected there. */
export async function reportingWorkspace(
  db: Queryable,
  { workspaceId, incarnation }: PrincipalOf<'workspace'>,
  id: string,
): Promise<WorkspaceRow> {
  if (id !== workspaceId)
    throw new DomainError('forbidden', 'this token is of another workspace', {
      hint: 'Report under the id that came with the token.',
    })
  const row = await workspaceById(db, workspaceId)
  if (incarnation !== null && incarnation !== row?.incarnation)
    throw fenced('another start of this workspace has taken over')
  const isExpected = row?.desiredState === 'running' && expecting.includes(row.status)
  if (!row || !isExpected) throw notExpected(row)
  return row
}

function notExpected(row: WorkspaceRow | undefined): DomainError {
  const { name = 'it', desiredState = 'removed', status = 'removed' } = row ?? {}
  const state = desiredState === 'running' ? status : desiredState
  return new DomainError('not_allowed_now', `workspace ${name} is ${state}`, {
    hint: 'No agent is expected there now. It takes part again once people resume or restart the workspace.',
    extra: { status },
  })
}
