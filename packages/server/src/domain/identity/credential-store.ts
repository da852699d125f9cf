import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import type { Right, Role } from '@molecule/contract/identity'
import { dbNow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { CredentialRow, Queryable, Tx } from '../../db/tables.ts'
import { hashToken, newToken, tokenPrefix } from '../../lib/token.ts'

export type Mint = {
  orgId: string
  kind: CredentialRow['kind']
  workspaceId?: WorkspaceId
  incarnation?: number
  csrf?: string
  name?: string | null
  role?: Role | null
  scopes?: Right[] | null
  createdBy?: string | null
  client?: string | null
  now: number
  /** Lifetime in milliseconds; without it the token lives until it is revoked. */
  ttlMs?: number
  /** A token that already exists, for example the operator's. */
  token?: string
}

/** Stores the hash and answers the token, which nobody can read again. */
export async function mintCredential(tx: Tx, mint: Mint): Promise<string> {
  return (await insertCredential(tx, mint)).token
}

/** The same, with the row. */
export async function insertCredential(
  tx: Tx,
  mint: Mint,
): Promise<CredentialRow & { token: string }> {
  const token = mint.token ?? newToken(mint.kind)
  const row = await tx
    .insertInto('credentials')
    .values({
      id: randomUUID(),
      orgId: mint.orgId,
      kind: mint.kind,
      workspaceId: mint.workspaceId ?? null,
      incarnation: mint.incarnation ?? null,
      tokenHash: hashToken(token),
      prefix: tokenPrefix(token),
      csrfHash: mint.csrf ? hashToken(mint.csrf) : null,
      name: mint.name ?? null,
      role: mint.role ?? null,
      scopes: mint.scopes ?? null,
      createdBy: mint.createdBy ?? null,
      client: mint.client ?? null,
      createdAt: mint.now,
      expiresAt: mint.ttlMs === undefined ? null : mint.now + mint.ttlMs,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return { ...row, token }
}

const byHash = prepared((db, { tokenHash }: { tokenHash: string }) =>
  db.selectFrom('credentials').selectAll().where('tokenHash', '=', tokenHash),
)

/** A credential that is neither revoked nor expired. */
export async function findCredential(
  db: Queryable,
  token: string,
): Promise<CredentialRow | undefined> {
  const now = await dbNow(db)
  const [found] = await byHash(db, { tokenHash: hashToken(token) })
  const isValid = found?.revokedAt === null && (found.expiresAt === null || found.expiresAt > now)
  return isValid ? found : undefined
}

export async function revokeCredential(tx: Tx, id: string, now: number): Promise<void> {
  await tx
    .updateTable('credentials')
    .set({ revokedAt: now })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .execute()
}

/** Takes a one-time credential: true for exactly one of all who try. */
export async function useOnce(tx: Tx, id: string, now: number): Promise<boolean> {
  const used = await tx
    .updateTable('credentials')
    .set({ usedAt: now, revokedAt: now })
    .where('id', '=', id)
    .where('revokedAt', 'is', null)
    .returning('id')
    .executeTakeFirst()
  return used !== undefined
}

export async function revokeOfIncarnation(
  tx: Tx,
  of: { workspaceId: WorkspaceId; incarnation: number; kinds: CredentialRow['kind'][] },
  now: number,
): Promise<void> {
  await tx
    .updateTable('credentials')
    .set({ revokedAt: now })
    .where('workspaceId', '=', of.workspaceId)
    .where('incarnation', '=', of.incarnation)
    .where('kind', 'in', of.kinds)
    .where('revokedAt', 'is', null)
    .execute()
}

export async function revokeOfWorkspace(tx: Tx, id: WorkspaceId, now: number): Promise<void> {
  await tx
    .updateTable('credentials')
    .set({ revokedAt: now })
    .where('workspaceId', '=', id)
    .where('revokedAt', 'is', null)
    .execute()
}
