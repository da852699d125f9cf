import { randomUUID } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { a2aRoutes } from '../protocol/a2a/routes.ts'
import { mcpRoutes } from '../protocol/mcp/routes.ts'
import { activityRoutes } from './activity.ts'
import { adminRoutes } from './admin.ts'
import { agentRoutes, occupantRoutes } from './agents.ts'
import { auditRoutes } from './audit.ts'
import { authRoutes } from './auth.ts'
import { backendHostRoutes } from './backend-host.ts'
import { bundleRoutes } from './bundles.ts'
import { chatFileRoutes } from './chat-files.ts'
import { refusedRoutes } from './compat/refused.ts'
import { configRoutes } from './config.ts'
import type { AppEnv, Services } from './context.ts'
import { adminDelegationRoutes, delegationRoutes } from './delegations.ts'
import { crossOrigin } from './edge.ts'
import { noRoute, onError } from './errors.ts'
import { eventRoutes } from './events.ts'
import { healthRoutes } from './health.ts'
import { hostRoutes } from './host.ts'
import { installRoutes } from './install.ts'
import { limitRate } from './limit-rate.ts'
import { orgRoutes } from './org.ts'
import { orgImportRoutes } from './org-import.ts'
import { registryRoutes } from './registry.ts'
import { runtimeRoutes } from './runtimes.ts'
import { oneScheduleRoutes, scheduleHealthRoutes, scheduleRoutes } from './schedules.ts'
import {
  dataKeyRoutes,
  globalSecretRoutes,
  settingsSecretRoutes,
  workspaceSecretRoutes,
} from './secrets.ts'
import { securityHeaders } from './security-headers.ts'
import { staticRoutes } from './static.ts'
import { taskRoutes } from './tasks.ts'
import { templateRoutes } from './templates.ts'
import { adminTokenRoutes, orgTokenRoutes, workspaceTokenRoutes } from './tokens.ts'
import { deliveryRoutes, oneWebhookRoutes, webhookRoutes } from './webhooks.ts'
import { workRoutes } from './work.ts'
import { workspaceRoutes } from './workspaces.ts'

/** What the server hands out as it lies there. */
export type ServedFiles = { canvasFolder: string; cliPackage: string }

/** Every route there is. Each but the public ones names who may call it; see `allow`. */
export function buildApp(services: Services, { canvasFolder, cliPackage }: ServedFiles) {
  const { corsOrigins, addressOf, limits } = services.edge
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    c.set('traceId', randomUUID())
    c.set('address', addressOf(c.env.incoming))
    // Set on a response that exists, each would cost a copy of it.
    c.header('x-request-id', c.var.traceId)
    for (const [name, value] of Object.entries(securityHeaders(services.url())))
      c.header(name, value)
    const began = performance.now()
    await next()
    const ms = Math.round(performance.now() - began)
    const { method, path } = c.req
    services.log.debug(
      { traceId: c.var.traceId, method, path, status: c.res.status, ms },
      'request',
    )
  })
  if (corsOrigins.length > 0) app.use(crossOrigin(corsOrigins))
  app.use(limitRate(limits))
  app.onError(onError(services))
  app.notFound(noRoute)
  const dispatch = (c: Context<AppEnv>) => (request: Request) => app.fetch(request, c.env)
  return app
    .route('/', healthRoutes(services))
    .route('/auth', authRoutes(services))
    .route('/workspaces', routesOfWorkspaces(services))
    .route('/agents', agentRoutes(services))
    .route('/bundles', bundleRoutes(services))
    .route('/templates', templateRoutes(services))
    .route('/org', orgRoutes(services))
    .route('/org', orgImportRoutes(services))
    .route('/admin/schedules', scheduleHealthRoutes(services))
    .route('/webhooks', deliveryRoutes(services))
    .route('/', mcpRoutes(services, dispatch))
    .route('/org/tokens', orgTokenRoutes(services))
    .route('/admin', adminTokenRoutes(services))
    .route('/settings/secrets', globalSecretRoutes(services, '/settings/secrets'))
    .route('/settings/secrets', settingsSecretRoutes(services))
    .route('/admin/secrets', globalSecretRoutes(services, '/admin/secrets'))
    .route('/admin/secrets', dataKeyRoutes(services))
    .route('/tasks', taskRoutes(services))
    .route('/host', hostRoutes(services))
    .route('/registry', registryRoutes(services))
    .route('/admin', adminRoutes(services))
    .route('/admin', adminDelegationRoutes(services))
    .route('/audit', auditRoutes(services))
    .route('/runtimes', runtimeRoutes(services))
    .route('/backend/v1', backendHostRoutes(services))
    .route('/', eventRoutes(services))
    .route('/', installRoutes(cliPackage))
    .route('/', refusedRoutes(services))
    .route('/', staticRoutes(canvasFolder))
}

const routesOfWorkspaces = (services: Services) =>
  new Hono<AppEnv>()
    .route('/', workspaceRoutes(services))
    .route('/', occupantRoutes(services))
    .route('/', delegationRoutes(services))
    .route('/', workRoutes(services))
    .route('/', configRoutes(services))
    .route('/', scheduleRoutes(services))
    .route('/', oneScheduleRoutes(services))
    .route('/', webhookRoutes(services))
    .route('/', oneWebhookRoutes(services))
    .route('/', activityRoutes(services))
    .route('/', chatFileRoutes(services))
    .route('/', a2aRoutes(services))
    .route('/', workspaceTokenRoutes(services))
    .route('/', workspaceSecretRoutes(services))
