import { Login } from '@molecule/contract/session'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Principal } from '../domain/identity/principal.ts'
import {
  csrfTokenFor,
  endSession,
  loginLink,
  redeemLogin,
  SESSION_MS,
} from '../domain/identity/session.ts'
import { allow, SESSION_COOKIE } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'

export const authRoutes = (services: Services) => {
  const { db, url } = services
  return new Hono<AppEnv>()
    .post('/login', async (c) => {
      const { token } = await readBody(c, Login)
      const session = await redeemLogin(db, token)
      setCookie(c, SESSION_COOKIE, session.token, {
        httpOnly: true,
        sameSite: 'Strict',
        secure: url().startsWith('https:'),
        path: '/',
        maxAge: SESSION_MS / 1000,
      })
      return c.json(wire({ kind: 'session', orgId: session.orgId }, session.csrf))
    })
    .post('/logout', allow(services, 'session'), async (c) => {
      const { credentialId } = c.var.principal
      await endSession(db, credentialId)
      deleteCookie(c as unknown as Context, SESSION_COOKIE, { path: '/' })
      return c.json({ ok: true })
    })
    .get('/session', allow(services, 'admin', 'session', 'agent'), async (c) => {
      const { principal } = c.var
      const cookie = getCookie(c as unknown as Context, SESSION_COOKIE)
      const csrf = principal.kind === 'session' && cookie ? csrfTokenFor(cookie) : null
      return c.json(wire(principal, csrf))
    })
    .post('/link', allow(services, 'admin'), async (c) =>
      c.json(await loginLink(db, { orgId: c.var.principal.orgId, url: url() })),
    )
}

const wire = (principal: Pick<Principal, 'kind' | 'orgId'>, csrfToken: string | null) => ({
  kind: principal.kind === 'agent' ? 'workspace' : principal.kind,
  name: principal.kind === 'agent' ? 'agent' : 'admin',
  org_id: principal.orgId,
  csrf_token: csrfToken,
})
