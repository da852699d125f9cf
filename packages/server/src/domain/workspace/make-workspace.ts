import type { NewWorkspace } from '@molecule/contract/workspace'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { DomainError } from '../error.ts'
import { insertCredential } from '../identity/credential-store.ts'
import { actorOf, type Principal, rightsOf } from '../identity/principal.ts'
import type { Vault } from '../secret/data-key.ts'
import { storeFirst } from '../secret/secret-service.ts'
import { isExternal } from './external.ts'
import { announce, placeWorkspace } from './workspace-service.ts'

type Made = {
  workspace: WorkspaceRow
  /** For an agent that somebody runs elsewhere: nobody can read it again. */
  token: string | undefined
}

/** A workspace with all that its first start, or its agent elsewhere, needs: whole or not at all. */
export async function makeWorkspace(
  { db, cipher }: Vault,
  principal: Principal,
  { secrets = {}, ...input }: NewWorkspace,
): Promise<Made> {
  if (Object.keys(secrets).length > 0) checkMayStore(principal)
  return transact(db, async (tx) => {
    const workspace = await placeWorkspace(tx, principal, input)
    await storeFirst(tx, cipher, principal, { row: workspace, secrets })
    const token = isExternal(workspace) ? await firstToken(tx, principal, workspace) : undefined
    await announce(tx, principal, workspace)
    return { workspace, token }
  })
}

function checkMayStore(principal: Principal): void {
  if (rightsOf(principal).includes('secrets:write')) return
  throw new DomainError('forbidden', 'secrets need the right secrets:write', {
    hint: 'Leave secrets out, or ask an owner for a role or a token that has it.',
    fields: [{ path: 'secrets', message: 'needs the right secrets:write' }],
    extra: { missing: ['secrets:write'] },
  })
}

async function firstToken(tx: Tx, principal: Principal, row: WorkspaceRow): Promise<string> {
  const { id, token, name, prefix } = await insertCredential(tx, {
    orgId: row.orgId,
    kind: 'workspace',
    workspaceId: row.id,
    name: 'connection',
    createdBy: actorOf(principal),
    now: row.createdAt,
  })
  await audit(tx, principal, {
    action: 'workspace_token.create',
    entity: 'workspace_token',
    entityId: id,
    after: { workspace_id: row.id, name, prefix },
  })
  return token
}
