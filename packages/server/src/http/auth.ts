import { CreateLoginLink } from '@molecule/contract/identity'
import { Login, type Session } from '@molecule/contract/session'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { DomainError } from '../domain/error.ts'
import { actorOf, type Principal, rightsOf } from '../domain/identity/principal.ts'
import {
  csrfTokenFor,
  endSession,
  loginLink,
  redeemLogin,
  SESSION_MS,
} from '../domain/identity/session.ts'
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
      const asking = { token, address: c.var.address }
      limits.checkGuesses(asking)
      const { principal, ...session } = await redeemLogin(db, token, client).catch(
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
      const { credentialId } = c.var.principal
      await endSession(db, credentialId)
      deleteCookie(c as unknown as Context, SESSION_COOKIE, { path: '/' })
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
}

function toWire(principal: Principal, csrfToken: string | null): Session {
  const isPerson = principal.kind === 'admin' || principal.kind === 'session'
  return {
    kind: principal.kind as Session['kind'],
    name: nameOf(principal),
    role: isPerson ? (principal.kind === 'session' ? principal.role : 'owner') : null,
    rights: [...rightsOf(principal)],
    org_id: principal.orgId,
    csrf_token: csrfToken,
  }
}

const nameOf = (principal: Principal): string =>
  'name' in principal ? principal.name : actorOf(principal)
