import type { IncomingMessage } from 'node:http'
import type { WorkspaceId } from '@molecule/contract/id'
import type { ErrorCode } from '@molecule/contract/problem'
import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { routePath } from 'hono/route'
import type { CredentialRow } from '../db/tables.ts'
import { DomainError } from '../domain/error.ts'
import { findCredential } from '../domain/identity/credential-store.ts'
import {
  type Principal,
  type PrincipalKind,
  type PrincipalOf,
  rightsOf,
} from '../domain/identity/principal.ts'
import { hashToken } from '../lib/token.ts'
import type { AppEnv, Services } from './context.ts'
import { noSuchRoute } from './errors.ts'
import { type PrincipalFor, type Route, ruleOf } from './policy.ts'
import { presentedToken } from './presented.ts'

const ORG_HEADER = 'x-molecule-org-id'
const changing = new Set(['POST', 'PATCH', 'PUT', 'DELETE'])

/** Lets pass whom the policy names for this route. A route without it stays shut: nothing else sets a principal. */
export const guard = <R extends Route>(
  services: Known,
  route: R,
): MiddlewareHandler<{ Variables: { principal: PrincipalFor<R>; traceId: string } }> =>
  createMiddleware(async (c, next) => {
    const served = `${c.req.method} ${routePath(c)}`
    if (served !== route) throw new Error(`${served} is guarded as ${route}`)
    const principal = await principalOf(services, c as unknown as Context<AppEnv>)
    checkRule(route, principal)
    c.set('principal', principal as PrincipalFor<R>)
    await next()
  })

/** Throws `forbidden`, naming what is missing, unless the policy lets this principal call the route. */
function checkRule(route: Route, principal: Principal): void {
  const rule = ruleOf(route)
  if ('anybody' in rule && !isOfHost(principal)) return
  if ('only' in rule && principal.kind === rule.only) return
  if ('workspace' in rule && principal.kind === 'workspace') return
  if ('rights' in rule && !isOfHost(principal) && principal.kind !== 'workspace') {
    const missing = rule.rights.filter((right) => !rightsOf(principal).includes(right))
    if (missing.length === 0) return
    throw new DomainError('forbidden', `this needs the right ${missing.join(' and ')}`, {
      hint: 'Ask an owner for a role or a token that has it.',
      extra: { missing },
    })
  }
  throw new DomainError('forbidden', `a ${nameOf[principal.kind]} may not do this`, {
    hint: hintFor(rule),
  })
}

const isOfHost = ({ kind }: Principal) => kind === 'host' || kind === 'boot'

const nameOf: Record<PrincipalKind, string> = {
  admin: 'admin token',
  session: 'browser session',
  org_token: 'token of the org',
  workspace: 'token of a workspace',
  host: 'token of an agent host',
  boot: 'boot credential',
  system: 'part of the server',
}

function hintFor(rule: ReturnType<typeof ruleOf>): string {
  if ('rights' in rule)
    return `It takes a person or an org token with ${rule.rights.join(' and ')}.`
  if ('workspace' in rule) return 'It takes the token of a workspace.'
  if ('only' in rule) return `It takes a ${nameOf[rule.only]}.`
  return 'It takes another kind of credential.'
}

type Known = Pick<Services, 'db' | 'edge' | 'lastUse'>

/** The one place where a request gets its principal: from its bearer token, else from its session cookie. */
async function principalOf(services: Known, c: Context<AppEnv>): Promise<Principal> {
  const { address } = c.var
  const principal = await principalFrom(services, {
    authorization: c.req.header('authorization'),
    cookie: c.req.header('cookie'),
    address,
  })
  if (isOtherOrg(c.req.header(ORG_HEADER), principal)) throw noSuchRoute(c.req)
  if (principal.kind === 'session') checkCsrf(c, principal)
  checkClaim(c, principal)
  return { ...principal, origin: { traceId: c.var.traceId, address } }
}

type Presented = {
  authorization: string | undefined
  cookie: string | undefined
  address: string
}

async function principalFrom(
  { db, edge: { limits }, lastUse }: Known,
  { address, ...presented }: Presented,
): Promise<Principal> {
  const { authorization } = presented
  const token = presentedToken(presented)
  if (token === undefined)
    throw unauthenticated(
      authorization === undefined
        ? 'this needs a credential'
        : 'the Authorization header is not a bearer token',
    )
  limits.checkGuesses({ token, address })
  const credential = await findCredential(db, token).catch((error: unknown) => {
    throw new CredentialsUnavailable(error)
  })
  const principal = credential && toPrincipal(credential)
  const isFitting = principal && (principal.kind === 'session') === (authorization === undefined)
  if (!principal || !isFitting) {
    limits.forget(token)
    limits.guessed({ token, address })
    throw unauthenticated('this credential is not valid, or no longer')
  }
  limits.remember(token, principal)
  lastUse.saw(credential)
  return principal
}

/** Whether a credential is good could not be found out: neither "no" nor "yes". */
class CredentialsUnavailable extends DomainError {
  constructor(cause: unknown) {
    super('unavailable', 'who you are cannot be looked up right now', {
      hint: 'Keep your credential and try again in a moment; /readyz says what is wrong.',
      extra: { code: 'platform_unavailable' },
    })
    this.cause = cause
  }
}

type Refusal = { refuse: number }

/** Who may open the live feed. A page may do so only from an origin that is let in. */
export const admitLive =
  (services: Pick<Services, 'db' | 'edge' | 'lastUse' | 'url' | 'log'>) =>
  async (request: IncomingMessage): Promise<Principal | Refusal> => {
    const { addressOf, limits, corsOrigins } = services.edge
    const { authorization, cookie } = request.headers
    const presented = { authorization, cookie, address: addressOf(request) }
    try {
      limits.count({ token: presentedToken(presented), address: presented.address })
      const principal = await principalFrom(services, presented)
      if (isOtherOrg(request.headers[ORG_HEADER], principal)) return { refuse: 404 }
      checkRule('GET /ws', principal)
      const isForeign = !mayEmbed(request, [services.url(), ...corsOrigins])
      return principal.kind === 'session' && isForeign ? { refuse: 403 } : principal
    } catch (error) {
      if (error instanceof DomainError) return { refuse: refusalOf[error.code] ?? 503 }
      services.log.error({ error }, 'a live connection could not be admitted')
      return { refuse: 503 }
    }
  }

const refusalOf: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  rate_limited: 429,
}

/** A cookie comes along from any page; only our own, or one that is let in, says that it was served from there. */
const mayEmbed = ({ headers: { origin, host } }: IncomingMessage, origins: readonly string[]) =>
  origin !== undefined && [`http://${host}`, `https://${host}`, ...origins].includes(origin)

function toPrincipal(row: CredentialRow): Principal | undefined {
  const { kind, orgId, id: credentialId } = row
  const known = { orgId, credentialId }
  if (kind === 'admin') return { kind, ...known }
  if (kind === 'session' && row.csrfHash !== null && row.role !== null)
    return { kind, ...known, csrfHash: row.csrfHash, name: row.name ?? 'admin', role: row.role }
  if (kind === 'org_token' && row.scopes !== null)
    return { kind, ...known, name: row.name ?? row.prefix, scopes: row.scopes }
  return row.workspaceId === null ? undefined : ofWorkspace(row, row.workspaceId)
}

function ofWorkspace(row: CredentialRow, workspaceId: WorkspaceId): Principal | undefined {
  const { kind, orgId, id: credentialId, incarnation } = row
  const known = { orgId, credentialId, workspaceId }
  if (kind === 'workspace') return { kind, ...known, incarnation: null }
  if (incarnation === null) return undefined
  if (kind === 'agent') return { kind: 'workspace', ...known, incarnation }
  return kind === 'host' || kind === 'boot' ? { kind, ...known, incarnation } : undefined
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

/** A header may repeat whose org it is. Who names another one finds nothing there, as in a server that is not theirs. */
const isOtherOrg = (claimed: string | string[] | undefined, { orgId }: Principal) =>
  claimed !== undefined && claimed !== orgId

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
