import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { CredentialRow, Queryable, Tx } from '../../db/tables.ts'
import { wake } from '../wake.ts'
import { CREDENTIALS_CHANGED, liveCredentials } from './credential-store.ts'
import type { OrgScope } from './principal.ts'

/** Tokens of an org that are good at one time; more are not minted, so that a list shows them all. */
export const MAX_ORG_TOKENS = 500
/** Tokens of one workspace that are good at one time. */
export const MAX_WORKSPACE_TOKENS = 50

type Page = { limit: number; offset: number }

const ofWorkspace = (db: Queryable, scope: OrgScope, id: WorkspaceId, now: number) =>
  liveCredentials(db, { orgId: scope.orgId, kind: 'workspace', now }).where('workspaceId', '=', id)

/** Newest first. */
export async function listWorkspaceTokens(
  db: Queryable,
  scope: OrgScope,
  id: WorkspaceId,
  page: Page = { limit: MAX_WORKSPACE_TOKENS, offset: 0 },
): Promise<CredentialRow[]> {
  return ofWorkspace(db, scope, id, await dbNow(db))
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .execute()
}

/** The id of the newest one that no rotation has replaced; null if there is none. */
export async function newestWorkspaceToken(
  db: Queryable,
  scope: OrgScope,
  id: WorkspaceId,
): Promise<string | null> {
  const newest = await ofWorkspace(db, scope, id, await dbNow(db))
    .select('id')
    .where('replacedBy', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return newest?.id ?? null
}

/** Newest first. */
export async function listOrgTokens(db: Queryable, scope: OrgScope): Promise<CredentialRow[]> {
  return liveCredentials(db, { orgId: scope.orgId, kind: 'org_token', now: await dbNow(db) })
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_ORG_TOKENS)
    .execute()
}

/** Whatever has become of it. */
export async function findOrgToken(
  db: Queryable,
  scope: OrgScope,
  id: string,
): Promise<CredentialRow | undefined> {
  return db
    .selectFrom('credentials')
    .selectAll()
    .where('id', '=', id)
    .where('orgId', '=', scope.orgId)
    .where('kind', '=', 'org_token')
    .executeTakeFirst()
}

/** How many org tokens somebody had made since then, those included that are revoked by now. */
export async function countMintedBy(
  db: Queryable,
  scope: OrgScope,
  { actor, since }: { actor: string; since: number },
): Promise<number> {
  const { count } = await db
    .selectFrom('credentials')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('orgId', '=', scope.orgId)
    .where('kind', '=', 'org_token')
    .where('createdBy', '=', actor)
    .where('createdAt', '>', since)
    .executeTakeFirstOrThrow()
  return Number(count)
}

type Target = { kind: 'org_token' | 'workspace' | 'session'; id: string; workspaceId?: WorkspaceId }

/** Answers what was revoked, nothing if it was not good any more. */
export async function revokeLive(
  tx: Tx,
  scope: OrgScope,
  { kind, id, workspaceId }: Target,
): Promise<CredentialRow | undefined> {
  const now = await dbNow(tx)
  wake(tx, CREDENTIALS_CHANGED)
  return tx
    .updateTable('credentials')
    .set({ revokedAt: now })
    .where('id', '=', id)
    .where('orgId', '=', scope.orgId)
    .where('kind', '=', kind)
    .where('workspaceId', workspaceId ? '=' : 'is', workspaceId ?? null)
    .where('revokedAt', 'is', null)
    .where((is) => is.or([is('expiresAt', 'is', null), is('expiresAt', '>', now)]))
    .returningAll()
    .executeTakeFirst()
}

/** Ends tokens in favor of another: at once, or when the overlap is over, but never later than they would have ended. */
export async function replaceTokens(
  tx: Tx,
  ids: readonly string[],
  { by, now, overlapMs }: { by: string; now: number; overlapMs: number },
): Promise<void> {
  if (ids.length === 0) return
  const end = now + overlapMs
  wake(tx, CREDENTIALS_CHANGED)
  await tx
    .updateTable('credentials')
    .set((is) => ({
      replacedBy: is.fn.coalesce('replacedBy', is.val(by)),
      ...(overlapMs === 0
        ? { revokedAt: now }
        : {
            expiresAt: is
              .case()
              .when('expiresAt', '<', end)
              .then(is.ref('expiresAt'))
              .else(end)
              .end(),
          }),
    }))
    .where('id', 'in', ids)
    .execute()
}
