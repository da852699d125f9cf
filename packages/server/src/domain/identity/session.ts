import type { Role } from '@molecule/contract/identity'
import type { LoginLink } from '@molecule/contract/session'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { hashToken, newToken } from '../../lib/token.ts'
import { audit } from '../audit/audit.ts'
import { DomainError } from '../error.ts'
import { findCredential, insertCredential, revokeCredential, useOnce } from './credential-store.ts'
import { actorOf, type Origin, type Principal, type PrincipalOf } from './principal.ts'

const DAY_MS = 24 * 60 * 60 * 1000
export const SESSION_MS = 30 * DAY_MS
const LINK_MS = 15 * 60 * 1000
const MAX_CLIENT = 200

/** A link that logs one browser in, once, within a quarter of an hour. The token stays in the fragment: no log sees it. */
export async function loginLink(
  db: Db,
  { by, url, name, role }: { by: Principal; url: string; name: string; role: Role },
): Promise<LoginLink> {
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const { id, token } = await insertCredential(tx, {
      orgId: by.orgId,
      kind: 'login',
      name,
      role,
      createdBy: actorOf(by),
      now,
      ttlMs: LINK_MS,
    })
    const expires_at = new Date(now + LINK_MS).toISOString()
    await audit(tx, by, {
      action: 'login_link.create',
      entity: 'login_link',
      entityId: id,
      after: { name, role, expires_at },
    })
    return { url: `${url}/login#${token}`, expires_at }
  })
}

type Redeemed = { principal: PrincipalOf<'session'>; token: string; csrf: string }

/** `client` is what the browser calls itself. */
export async function redeemLogin(
  db: Db,
  loginToken: string,
  { client, origin }: { client: string | null; origin?: Origin },
): Promise<Redeemed> {
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const login = await findCredential(tx, loginToken)
    if (login?.kind !== 'login' || login.role === null) throw deadLink()
    if (!(await useOnce(tx, login.id, now))) throw deadLink()
    const { orgId, role, createdBy } = login
    const name = login.name ?? 'admin'
    const token = newToken('session')
    const csrf = csrfTokenFor(token)
    const { id } = await insertCredential(tx, {
      orgId,
      kind: 'session',
      token,
      csrf,
      name,
      role,
      createdBy,
      client: client?.slice(0, MAX_CLIENT) ?? null,
      now,
      ttlMs: SESSION_MS,
    })
    const csrfHash = hashToken(csrf)
    const known = { kind: 'session', orgId, credentialId: id, csrfHash, name, role } as const
    const principal = { ...known, ...(origin ? { origin } : {}) }
    await audit(tx, principal, {
      action: 'session.begin',
      entity: 'session',
      entityId: id,
      after: { name, role, login_link: login.id },
    })
    return { principal, token, csrf }
  })
}

/** Derived from the session token, so a reloaded page gets the same one; a page of another site cannot read it. */
export const csrfTokenFor = (sessionToken: string): string => hashToken(`csrf:${sessionToken}`)

const deadLink = () =>
  new DomainError('unauthenticated', 'this login link was used already, or is too old', {
    hint: 'Get a fresh one with `molecule login`.',
  })

/** A person logs out. */
export async function endSession(db: Db, principal: PrincipalOf<'session'>): Promise<void> {
  const { credentialId } = principal
  await transact(db, async (tx) => {
    await revokeCredential(tx, credentialId, await dbNow(tx))
    await audit(tx, principal, {
      action: 'session.end',
      entity: 'session',
      entityId: credentialId,
    })
  })
}
