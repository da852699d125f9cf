import { Agent, SetModel, type WorkspaceModel, type WorkspaceState } from '@molecule/contract/agent'
import { Hono } from 'hono'
import type { WorkspaceRow } from '../db/tables.ts'
import { notFound } from '../domain/error.ts'
import { refuseRemoved } from '../domain/workspace/lock-live.ts'
import { visibleWorkspace, visibleWorkspaces } from '../domain/workspace/visible.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { guard } from './authenticate.ts'
import { readLenientBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { problemOf } from './errors.ts'

/** What older clients read of workspaces under names of their own; every row is that of the workspace. */
export const agentRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, 'GET /agents'), async (c) =>
      c.json((await visibleWorkspaces(db, c.var.principal)).map(toAgent)),
    )
    .get('/:id', guard(services, 'GET /agents/:id'), async (c) => {
      const row = await visibleWorkspace(db, c.var.principal, c.req.param('id'))
      refuseRemoved(row)
      return c.json(toAgent(row))
    })
}

/** The same under `/workspaces/:id`. */
export const occupantRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/:id/agents', guard(services, 'GET /workspaces/:id/agents'), async (c) => {
      const row = await visibleWorkspace(db, c.var.principal, c.req.param('id'))
      refuseRemoved(row)
      return c.json([toAgent(row)])
    })
    .get('/:id/state', guard(services, 'GET /workspaces/:id/state'), async (c) => {
      const row = await visibleWorkspace(db, c.var.principal, c.req.param('id'))
      if (row.desiredState === 'removed')
        return c.json(deletedProblem(row, c.var.traceId), 404, problemJson)
      const { id, status, desiredState } = row
      const paused = desiredState === 'paused'
      const told: WorkspaceState = { workspace_id: id, status, paused, deleted: false }
      return c.json(told)
    })
    .get('/:id/model', guard(services, 'GET /workspaces/:id/model'), async (c) => {
      const row = await visibleWorkspace(db, c.var.principal, c.req.param('id'))
      refuseRemoved(row)
      return c.json(toModel(row))
    })
    .put('/:id/model', guard(services, 'PUT /workspaces/:id/model'), async (c) => {
      const { model } = await readLenientBody(c, SetModel)
      return c.json(
        toModel(await patchWorkspace(db, c.var.principal, c.req.param('id'), { model })),
      )
    })
    .get(
      '/:id/shared-context',
      guard(services, 'GET /workspaces/:id/shared-context'),
      async (c) => {
        refuseRemoved(await visibleWorkspace(db, c.var.principal, c.req.param('id')))
        return c.json([])
      },
    )
}

const toAgent = (row: WorkspaceRow): Agent =>
  Agent.parse({
    id: row.id,
    name: row.name,
    workspace_id: row.id,
    status: row.status,
    model: row.model,
    runtime: row.runtime,
    created_at: new Date(row.createdAt).toISOString(),
  })

const toModel = ({ model }: WorkspaceRow): WorkspaceModel => ({ model, source: 'workspace' })

const problemJson = { 'content-type': 'application/problem+json' }

/** With what older clients look for beside the problem. */
const deletedProblem = ({ id }: WorkspaceRow, traceId: string) => ({
  ...problemOf(notFound('workspace', id), traceId),
  workspace_id: id,
  deleted: true,
})
