import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { CredentialRow, Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { lockLive } from '../workspace/lock-live.ts'
import { insertCredential } from './credential-store.ts'
import { actorOf, type Principal, scopeOf } from './principal.ts'
import {
  listWorkspaceTokens,
  MAX_WORKSPACE_TOKENS,
  newestWorkspaceToken,
  replaceTokens,
  revokeLive,
} from './token-store.ts'

/** A row with its token, which is told once. */
export type MintedToken = CredentialRow & { token: string }

/** A token for a program of the workspace that we do not start ourselves. */
export async function createWorkspaceToken(
  db: Db,
  principal: Principal,
  id: string,
  { name }: { name?: string | undefined },
): Promise<MintedToken> {
  return transact(db, async (tx) => {
    const workspace = await lockLive(tx, principal, id)
    await checkRoom(tx, principal, workspace)
    const minted = await mint(tx, principal, workspace, name)
    await audit(tx, principal, {
      action: 'workspace_token.create',
      entity: 'workspace_token',
      entityId: minted.id,
      after: told(minted),
    })
    return minted
  })
}

type Rotation = {
  /** How long the tokens before are still honored. */
  overlapS: number
  /** The newest token the caller knows of; without it the newest one at the time of the call. */
  ifNewest?: string | undefined
  /** What watchers are told of it. */
  event?: 'EXTERNAL_CREDENTIALS_ROTATED'
}

/**
 * One token in place of all there are, in one transaction. Of two rotations at a time one is refused: else the first
 * would be handed a token that the second has revoked already.
 */
export async function rotateWorkspaceTokens(
  db: Db,
  principal: Principal,
  id: string,
  { overlapS, ifNewest, event }: Rotation,
): Promise<MintedToken> {
  const scope = scopeOf(principal)
  const seen = ifNewest ?? (await newestWorkspaceToken(db, scope, id as WorkspaceId))
  return transact(db, async (tx) => {
    const workspace = await lockLive(tx, principal, id)
    if ((await newestWorkspaceToken(tx, scope, workspace.id)) !== seen) throw overtaken()
    if (overlapS > 0) await checkRoom(tx, principal, workspace)
    const old = await listWorkspaceTokens(tx, scope, workspace.id)
    const minted = await mint(tx, principal, workspace, old[0]?.name)
    const ids = old.map((each) => each.id)
    const now = await dbNow(tx)
    await replaceTokens(tx, ids, { by: minted.id, now, overlapMs: overlapS * 1000 })
    await audit(tx, principal, {
      action: 'workspace_token.rotate',
      entity: 'workspace_token',
      entityId: minted.id,
      before: { replaced: old.map((each) => each.prefix) },
      after: { ...told(minted), overlap_s: overlapS },
    })
    if (event) await recordWorkspace(tx, event, workspace, { actor: actorOf(principal) })
    return minted
  })
}

export async function revokeWorkspaceToken(
  db: Db,
  principal: Principal,
  { workspaceId, id }: { workspaceId: string; id: string },
): Promise<void> {
  await transact(db, async (tx) => {
    const workspace = await lockLive(tx, principal, workspaceId)
    const of = { kind: 'workspace', id, workspaceId: workspace.id } as const
    const revoked = await revokeLive(tx, scopeOf(principal), of)
    if (!revoked) throw notFound('token', id)
    await audit(tx, principal, {
      action: 'workspace_token.revoke',
      entity: 'workspace_token',
      entityId: id,
      before: told(revoked),
    })
  })
}

async function mint(
  tx: Tx,
  principal: Principal,
  workspace: WorkspaceRow,
  name: string | null | undefined,
): Promise<MintedToken> {
  return insertCredential(tx, {
    orgId: workspace.orgId,
    kind: 'workspace',
    workspaceId: workspace.id,
    name: name ?? null,
    createdBy: actorOf(principal),
    now: await dbNow(tx),
  })
}

const told = ({ workspaceId, prefix, name }: CredentialRow) => ({
  workspace_id: workspaceId,
  prefix,
  name,
})

async function checkRoom(tx: Tx, principal: Principal, { id, name }: WorkspaceRow): Promise<void> {
  const live = await listWorkspaceTokens(tx, scopeOf(principal), id)
  if (live.length >= MAX_WORKSPACE_TOKENS)
    throw new DomainError('limit_reached', `workspace ${name} has ${live.length} tokens already`, {
      hint: 'Revoke those that nobody uses, or rotate without an overlap.',
      extra: { limit: MAX_WORKSPACE_TOKENS },
    })
}

const overtaken = () =>
  new DomainError('conflict', 'the tokens of this workspace were changed by someone else', {
    hint: 'Nothing was rotated. List the tokens, and rotate again if the newest is not yours.',
  })
