import type { IncomingMessage } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { parse } from 'hono/utils/cookie'
import type { CredentialRow } from '../db/tables.ts'
import { DomainError } from '../domain/error.ts'
import { findCredential } from '../domain/identity/credential-store.ts'
import type { Principal, PrincipalKind, PrincipalOf } from '../domain/identity/principal.ts'
import { hashToken } from '../lib/token.ts'
import type { AppEnv, Services } from './context.ts'

export const SESSION_COOKIE = 'molecule_session'
const changing = new Set(['POST', 'PATCH', 'PUT', 'DELETE'])

/** Lets only these kinds of principal pass. A route without it stays shut: nothing else sets a principal. */
export const allow = <K extends PrincipalKind>(
  { db }: Pick<Services, 'db'>,
  ...kinds: K[]
): MiddlewareHandler<{ Variables: { principal: PrincipalOf<K>; traceId: string } }> =>
  createMiddleware(async (c, next) => {
    const principal = await principalOf(db, c as unknown as Context<AppEnv>)
    if (!(kinds as PrincipalKind[]).includes(principal.kind))
      throw new DomainError('forbidden', `a ${principal.kind} credential may not do this`, {
        hint: `It takes one of: ${kinds.join(', ')}.`,
      })
    c.set('principal', principal as PrincipalOf<K>)
    await next()
  })

/** The one place where a request gets its principal: from its bearer token, else from its session cookie. */
async function principalOf(db: Services['db'], c: Context<AppEnv>): Promise<Principal> {
  const principal = await principalFrom(db, {
    authorization: c.req.header('authorization'),
    cookie: getCookie(c, SESSION_COOKIE),
  })
  if (principal.kind === 'session') checkCsrf(c, principal)
  checkClaim(c, principal)
  return principal
}

type Presented = { authorization: string | undefined; cookie: string | undefined }

async function principalFrom(
  db: Services['db'],
  { authorization, cookie }: Presented,
): Promise<Principal> {
  const bearer = authorization?.match(/^Bearer ([\x21-\x7e]+)$/i)?.[1]
  if (authorization !== undefined && bearer === undefined)
    throw unauthenticated('the Authorization header is not a bearer token')
  const token = bearer ?? cookie
  if (token === undefined) throw unauthenticated('this needs a credential')
  const credential = await findCredential(db, token)
  const principal = credential && toPrincipal(credential)
  const isFitting = principal && (principal.kind === 'session') === (bearer === undefined)
  if (!principal || !isFitting) throw unauthenticated('this credential is not valid, or no longer')
  return principal
}

/** Who may open the live feed: people. A page may do so only from the origin that served it. */
export const admitLive =
  ({ db, url, log }: Pick<Services, 'db' | 'url' | 'log'>) =>
  async (request: IncomingMessage): Promise<{ orgId: string } | { refuse: number }> => {
    const { authorization, cookie, origin, host } = request.headers
    try {
      const presented = { authorization, cookie: parse(cookie ?? '')[SESSION_COOKIE] }
      const principal = await principalFrom(db, presented)
      if (principal.kind !== 'session' && principal.kind !== 'admin') return { refuse: 403 }
      const isForeign =
        principal.kind === 'session' &&
        origin !== `http://${host}` &&
        origin !== `https://${host}` &&
        origin !== url()
      return isForeign ? { refuse: 403 } : { orgId: principal.orgId }
    } catch (error) {
      if (error instanceof DomainError) return { refuse: 401 }
      log.error({ error }, 'a live connection could not be admitted')
      return { refuse: 503 }
    }
  }

function toPrincipal(row: CredentialRow): Principal | undefined {
  const { kind, orgId, id: credentialId, workspaceId, incarnation } = row
  if (kind === 'admin') return { kind, orgId }
  if (kind === 'session' && row.csrfHash !== null)
    return { kind, orgId, credentialId, csrfHash: row.csrfHash }
  const isBound = kind === 'agent' || kind === 'host' || kind === 'boot'
  if (isBound && workspaceId !== null && incarnation !== null)
    return { kind, orgId, credentialId, workspaceId, incarnation }
  return undefined
}

/** A cookie comes along by itself, so a change must show that the page itself asked for it. */
function checkCsrf(c: Context<AppEnv>, session: PrincipalOf<'session'>): void {
  if (!changing.has(c.req.method)) return
  const given = c.req.header('x-csrf-token')
  if (given === undefined || hashToken(given) !== session.csrfHash)
    throw new DomainError('forbidden', 'the X-CSRF-Token header is missing or wrong', {
      hint: 'Reload the page.',
    })
}

/** A header may repeat who the bearer is, never change it. */
function checkClaim(c: Context<AppEnv>, principal: Principal): void {
  const claimed = c.req.header('x-workspace-id')
  if (claimed === undefined) return
  const own = 'workspaceId' in principal ? principal.workspaceId : undefined
  if (claimed !== own)
    throw new DomainError('forbidden', 'X-Workspace-ID does not agree with the credential', {
      hint: 'Leave the header out: the credential says who you are.',
    })
}

const unauthenticated = (detail: string) =>
  new DomainError('unauthenticated', detail, {
    hint: 'Send "Authorization: Bearer <token>", or open a fresh login link: `molecule login`.',
  })
