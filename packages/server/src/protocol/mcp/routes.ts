import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { WorkspaceRow } from '../../db/tables.ts'
import { notFound } from '../../domain/error.ts'
import { scopeOf } from '../../domain/identity/principal.ts'
import { findWorkspace } from '../../domain/workspace/workspace-store.ts'
import { guard } from '../../http/authenticate.ts'
import { readJson } from '../../http/body.ts'
import type { AppEnv, Services } from '../../http/context.ts'
import { ownWorkspace } from '../../http/own-workspace.ts'
import { apiFor, type Dispatch } from './api.ts'
import { checkOrigin } from './origin.ts'

/** The SDK is loaded with the first call: many servers never get one. */
const serving = () => import('./serve.ts')

type Ctx = Context<AppEnv>
const plain = (c: unknown) => c as Ctx

/**
 * The Model Context Protocol over Streamable HTTP, one server per workspace and one for operators, without sessions: every request
 * stands for itself, so any replica answers it. The tools are the API of this process, reached through `dispatch`.
 */
export const mcpRoutes = (services: Services, dispatch: (c: Ctx) => Dispatch) => {
  const answer = async (c: Ctx, workspace: WorkspaceRow | undefined) => {
    const { origin, host } = c.req.header()
    checkOrigin({ origin, host }, { url: services.url(), origins: services.edge.corsOrigins })
    const { serveMcp } = await serving()
    const api = apiFor(c.req.raw, dispatch(c))
    const takesWork = workspace?.deliveryMode === 'poll'
    const parsedBody = c.req.method === 'POST' ? await readJson(c) : undefined
    const { version, log } = services
    const told = await serveMcp(c.req.raw, { parsedBody, api, workspace, takesWork, version, log })
    // Through the context, which adds the headers that every answer has.
    const status = told.status as ContentfulStatusCode
    return c.newResponse(told.body, status, Object.fromEntries(told.headers))
  }
  const forWorkspace = async (c: Ctx) => {
    const id = await ownWorkspace(services, c.var.principal, c.req.param('id') ?? '')
    const row = await findWorkspace(services.db, scopeOf(c.var.principal), id)
    if (!row) throw notFound('workspace', id)
    return answer(c, row)
  }
  return new Hono<AppEnv>()
    .post('/workspaces/:id/mcp', guard(services, 'POST /workspaces/:id/mcp'), (c) =>
      forWorkspace(plain(c)),
    )
    .get('/workspaces/:id/mcp', guard(services, 'GET /workspaces/:id/mcp'), (c) =>
      forWorkspace(plain(c)),
    )
    .delete('/workspaces/:id/mcp', guard(services, 'DELETE /workspaces/:id/mcp'), (c) =>
      forWorkspace(plain(c)),
    )
    .post('/mcp', guard(services, 'POST /mcp'), (c) => answer(plain(c), undefined))
    .get('/mcp', guard(services, 'GET /mcp'), (c) => answer(plain(c), undefined))
    .delete('/mcp', guard(services, 'DELETE /mcp'), (c) => answer(plain(c), undefined))
}
