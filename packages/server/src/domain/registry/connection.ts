import type { Connection } from '@molecule/contract/registry'
import type { WorkspaceRow } from '../../db/tables.ts'

/** How an outside agent reaches us. `platformUrl` is our own word for where we are, never that of a request. */
export const connectionOf = (
  { id, createdAt }: WorkspaceRow,
  { token, platformUrl }: { token: string; platformUrl: string },
): Connection => ({
  workspace_id: id,
  platform_url: platformUrl,
  auth_token: token,
  registry_endpoint: `${platformUrl}/registry/register`,
  heartbeat_endpoint: `${platformUrl}/registry/heartbeat`,
  created_at: new Date(createdAt).toISOString(),
})
