import type { LoginLink } from '@molecule/contract/session'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { hashToken, newToken } from '../../lib/token.ts'
import { DomainError } from '../error.ts'
import { findCredential, mintCredential, revokeCredential, useOnce } from './credential-store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
export const SESSION_MS = 30 * DAY_MS
const LINK_MS = 15 * 60 * 1000

/** A link that logs one browser in, once, within a quarter of an hour. The token stays in the fragment: no log sees it. */
export async function loginLink(
  db: Db,
  { orgId, url }: { orgId: string; url: string },
): Promise<LoginLink> {
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const token = await mintCredential(tx, { orgId, kind: 'login', now, ttlMs: LINK_MS })
    return { url: `${url}/login#${token}`, expires_at: new Date(now + LINK_MS).toISOString() }
  })
}

export async function redeemLogin(
  db: Db,
  loginToken: string,
): Promise<{ orgId: string; token: string; csrf: string }> {
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const login = await findCredential(tx, loginToken)
    if (login?.kind !== 'login' || !(await useOnce(tx, login.id, now))) throw deadLink()
    const token = newToken('session')
    const csrf = csrfTokenFor(token)
    await mintCredential(tx, {
      orgId: login.orgId,
      kind: 'session',
      token,
      csrf,
      now,
      ttlMs: SESSION_MS,
    })
    return { orgId: login.orgId, token, csrf }
  })
}

/** Derived from the session token, so a reloaded page gets the same one; a page of another site cannot read it. */
export const csrfTokenFor = (sessionToken: string): string => hashToken(`csrf:${sessionToken}`)

const deadLink = () =>
  new DomainError('unauthenticated', 'this login link was used already, or is too old', {
    hint: 'Get a fresh one with `molecule login`.',
  })

export async function endSession(db: Db, credentialId: string): Promise<void> {
  await transact(db, async (tx) => revokeCredential(tx, credentialId, await dbNow(tx)))
}
