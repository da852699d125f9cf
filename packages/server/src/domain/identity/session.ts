import { type Role, rightsOfRole } from '@molecule/contract/identity'
import type { LoginLink } from '@molecule/contract/session'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { hashToken, newToken } from '../../lib/token.ts'
import { audit, type Deed } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { findCredential, insertCredential, useOnce } from './credential-store.ts'
import { checkMayGrant } from './grant.ts'
import { actorOf, type Origin, type Principal, type PrincipalOf, scopeOf } from './principal.ts'
import { revokeLive } from './token-store.ts'

const DAY_MS = 24 * 60 * 60 * 1000
export const SESSION_MS = 30 * DAY_MS
const LINK_MS = 15 * 60 * 1000
const MAX_CLIENT = 200

/** A link that logs one browser in, once, within a quarter of an hour. The token stays in the fragment: no log sees it. */
export async function loginLink(
  db: Db,
  { by, url, name, role }: { by: Principal; url: string; name: string; role: Role },
): Promise<LoginLink> {
  checkMayGrant(by, rightsOfRole[role])
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
    await audit(tx, by, {
      action: 'login_link.create',
      entity: 'login_link',
      entityId: id,
      after: { name, role },
    })
    return { url: `${url}/login#${token}`, expires_at: new Date(now + LINK_MS).toISOString() }
  })
}

type Redeemed = { principal: PrincipalOf<'session'>; token: string; csrf: string }

/** `client` is what the browser calls itself. */
export async function redeemLogin(
  db: Db,
  loginToken: string,
  { client, origin }: { client: string | null; origin: Origin },
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
    const who = { orgId, credentialId: id, csrfHash, name, role, origin }
    const principal = { kind: 'session', ...who } as const
    await auditSession(tx, principal, 'begin', { id, after: { name, role, login_link: login.id } })
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
export async function endSession(db: Db, session: PrincipalOf<'session'>): Promise<void> {
  await revoke(db, session, { verb: 'end', id: session.credentialId })
}

/** Signs a browser out, now. The admin token always remains, so revoking the last session locks nobody out. */
export async function revokeSession(db: Db, principal: Principal, id: string): Promise<void> {
  await revoke(db, principal, { verb: 'revoke', id })
}

async function revoke(
  db: Db,
  principal: Principal,
  { verb, id }: { verb: 'end' | 'revoke'; id: string },
): Promise<void> {
  await transact(db, async (tx) => {
    const revoked = await revokeLive(tx, scopeOf(principal), { kind: 'session', id })
    if (!revoked) throw notFound('session', id)
    const { name, role } = revoked
    await auditSession(tx, principal, verb, { id, before: { name, role } })
  })
}

const auditSession = (
  tx: Tx,
  principal: Principal,
  verb: 'begin' | 'end' | 'revoke',
  { id, ...change }: { id: string } & Pick<Deed, 'before' | 'after'>,
) => audit(tx, principal, { action: `session.${verb}`, entity: 'session', entityId: id, ...change })
