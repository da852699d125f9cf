import type { Connection } from '@molecule/contract/registry'
import type { Db, Queryable, WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import type { Principal } from '../identity/principal.ts'
import { rotateWorkspaceTokens } from '../identity/workspace-token.ts'
import { isExternal } from '../workspace/external.ts'
import { liveWorkspace } from '../workspace/lock-live.ts'
import { snippetsFor } from './snippets.ts'

/**
 * How an outside agent reaches us, whoever asks: a create, a rotation, or somebody who looks it up. `platformUrl` is our own word for
 * where we are, never that of a request.
 */
export const connectionOf = (
  { id, createdAt }: WorkspaceRow,
  { token, platformUrl }: { token: string; platformUrl: string },
): Connection => {
  const url = platformUrl.replace(/\/+$/, '')
  return {
    workspace_id: id,
    platform_url: url,
    auth_token: token,
    registry_endpoint: `${url}/registry/register`,
    heartbeat_endpoint: `${url}/registry/heartbeat`,
    mcp_endpoint: `${url}/workspaces/${id}/mcp`,
    snippets: snippetsFor({ url, workspaceId: id, token }),
    created_at: new Date(createdAt).toISOString(),
  }
}

/** The workspace of an agent that runs elsewhere; throws for one that we start. */
export async function outsideWorkspace(
  db: Queryable,
  principal: Principal,
  id: string,
): Promise<WorkspaceRow> {
  const workspace = await liveWorkspace(db, principal, id)
  if (isExternal(workspace)) return workspace
  throw new DomainError('invalid', `workspace ${workspace.name} is started by Molecule`, {
    hint: 'Its host gets a credential with every start: restart it to have a new one.',
  })
}

/** Revokes every token of the workspace and makes one; with an overlap the old ones stay good for so long. */
export async function rotateConnection(
  db: Db,
  principal: Principal,
  { id, overlapS, platformUrl }: { id: string; overlapS: number; platformUrl: string },
): Promise<Connection> {
  const workspace = await outsideWorkspace(db, principal, id)
  const { token } = await rotateWorkspaceTokens(db, principal, workspace.id, {
    overlapS,
    event: 'EXTERNAL_CREDENTIALS_ROTATED',
  })
  return connectionOf(workspace, { token, platformUrl })
}
