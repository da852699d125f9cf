import { CreateLoginLink } from '@molecule/contract/identity'
import { Login, type Session } from '@molecule/contract/session'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { DomainError } from '../domain/error.ts'
import { sessionToWire } from '../domain/identity/credential-wire.ts'
import { actorOf, type Principal, rightsOf, scopeOf } from '../domain/identity/principal.ts'
import {
  csrfTokenFor,
  endSession,
  loginLink,
  redeemLogin,
  revokeSession,
  SESSION_MS,
} from '../domain/identity/session.ts'
import { listSessions } from '../domain/identity/session-store.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { SESSION_COOKIE } from './presented.ts'

export const authRoutes = (services: Services) => {
  const { db, url } = services
  const { limits } = services.edge
  return new Hono<AppEnv>()
    .post('/login', async (c) => {
      const { token } = await readBody(c, Login)
      const client = c.req.header('user-agent') ?? null
      const origin = { traceId: c.var.traceId, address: c.var.address }
      const asking = { token, address: c.var.address }
      limits.checkGuesses(asking)
      const { principal, ...session } = await redeemLogin(db, token, { client, origin }).catch(
        (error: unknown) => {
          if (error instanceof DomainError) limits.guessed(asking)
          throw error
        },
      )
      setCookie(c, SESSION_COOKIE, session.token, {
        httpOnly: true,
        sameSite: 'Strict',
        secure: url().startsWith('https:'),
        path: '/',
        maxAge: SESSION_MS / 1000,
      })
      return c.json(toWire(principal, session.csrf))
    })
    .post('/logout', guard(services, 'POST /auth/logout'), async (c) => {
      await endSession(db, c.var.principal)
      forgetCookie(c as unknown as Context)
      return c.json({ ok: true })
    })
    .get('/session', guard(services, 'GET /auth/session'), async (c) => {
      const { principal } = c.var
      const cookie = getCookie(c as unknown as Context, SESSION_COOKIE)
      const csrf = principal.kind === 'session' && cookie ? csrfTokenFor(cookie) : null
      return c.json(toWire(principal, csrf))
    })
    .post('/link', guard(services, 'POST /auth/link'), async (c) => {
      const person = await readBody(c, CreateLoginLink)
      return c.json(await loginLink(db, { ...person, by: c.var.principal, url: url() }))
    })
    .get('/sessions', guard(services, 'GET /auth/sessions'), async (c) => {
      const sessions = await listSessions(db, scopeOf(c.var.principal))
      const own = ownSession(c.var.principal)
      return c.json({ sessions: sessions.map((row) => sessionToWire(row, own)) })
    })
    .delete('/sessions/:id', guard(services, 'DELETE /auth/sessions/:id'), async (c) => {
      const id = c.req.param('id')
      await revokeSession(db, c.var.principal, id)
      if (id === ownSession(c.var.principal)) forgetCookie(c as unknown as Context)
      return c.json({ revoked: id })
    })
}

const forgetCookie = (c: Context) => deleteCookie(c, SESSION_COOKIE, { path: '/' })

const ownSession = (principal: Principal): string | null =>
  principal.kind === 'session' ? principal.credentialId : null

function toWire(principal: Principal, csrfToken: string | null): Session {
  const isPerson = principal.kind === 'admin' || principal.kind === 'session'
  return {
    kind: principal.kind as Session['kind'],
    name: nameOf(principal),
    role: isPerson ? (principal.kind === 'session' ? principal.role : 'owner') : null,
    rights: [...rightsOf(principal)],
    org_id: principal.orgId,
    ...(principal.kind === 'workspace' ? { workspace_id: principal.workspaceId } : {}),
    csrf_token: csrfToken,
  }
}

const nameOf = (principal: Principal): string =>
  'name' in principal ? principal.name : actorOf(principal)
