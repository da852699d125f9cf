import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { a2aRoutes } from '../protocol/a2a/routes.ts'
import { adminRoutes } from './admin.ts'
import { authRoutes } from './auth.ts'
import { backendHostRoutes } from './backend-host.ts'
import type { AppEnv, Services } from './context.ts'
import { noRoute, onError } from './errors.ts'
import { eventRoutes } from './events.ts'
import { healthRoutes } from './health.ts'
import { hostRoutes } from './host.ts'
import { staticRoutes } from './static.ts'
import { taskRoutes } from './tasks.ts'
import { workspaceRoutes } from './workspaces.ts'

const contentSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

const securityHeaders = {
  'content-security-policy': contentSecurity,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

/** Every route there is. Each but the public ones names who may call it; see `allow`. */
export function buildApp(services: Services, canvasFolder: string) {
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    c.set('traceId', randomUUID())
    c.set('address', c.env.incoming.socket.remoteAddress ?? '')
    // Set on a response that exists, each would cost a copy of it.
    c.header('x-request-id', c.var.traceId)
    for (const [name, value] of Object.entries(securityHeaders)) c.header(name, value)
    const began = performance.now()
    await next()
    const ms = Math.round(performance.now() - began)
    const { method, path } = c.req
    services.log.debug(
      { traceId: c.var.traceId, method, path, status: c.res.status, ms },
      'request',
    )
  })
  app.onError(onError(services))
  app.notFound(noRoute)
  return app
    .route('/', healthRoutes(services))
    .route('/auth', authRoutes(services))
    .route('/workspaces', workspaceRoutes(services))
    .route('/workspaces', a2aRoutes(services))
    .route('/tasks', taskRoutes(services))
    .route('/host', hostRoutes(services))
    .route('/admin', adminRoutes(services))
    .route('/backend/v1', backendHostRoutes(services))
    .route('/', eventRoutes(services))
    .route('/', staticRoutes(canvasFolder))
}
