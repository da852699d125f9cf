import type { CreateWorkspace } from '@molecule/contract/workspace'
import type { Db, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { insertCredential } from '../identity/credential-store.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { announce, placeWorkspace } from '../workspace/workspace-service.ts'

/** A workspace for an agent that somebody runs elsewhere, with its token: nobody can read that again. */
export async function createExternal(
  db: Db,
  principal: Principal,
  input: CreateWorkspace,
): Promise<{ workspace: WorkspaceRow; token: string }> {
  return transact(db, async (tx) => {
    const workspace = await placeWorkspace(tx, principal, { ...input, external: true })
    const { id, token, name, prefix } = await insertCredential(tx, {
      orgId: workspace.orgId,
      kind: 'workspace',
      workspaceId: workspace.id,
      name: 'connection',
      createdBy: actorOf(principal),
      now: workspace.createdAt,
    })
    await audit(tx, principal, {
      action: 'workspace_token.create',
      entity: 'workspace_token',
      entityId: id,
      after: { workspace_id: workspace.id, name, prefix },
    })
    await announce(tx, principal, workspace)
    return { workspace, token }
  })
}
