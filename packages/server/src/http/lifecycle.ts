import { RestartWorkspace } from '@molecule/contract/lifecycle'
import { Hono } from 'hono'
import { z } from 'zod'
import { scopeOf } from '../domain/identity/principal.ts'
import { usageOfWorkspace } from '../domain/resource/resource-usage.ts'
import { previewSubtree } from '../domain/workspace/subtree.ts'
import { hibernateWorkspace, wakeWorkspace } from '../domain/workspace/workspace-hibernate.ts'
import { pauseWorkspace, resumeWorkspace } from '../domain/workspace/workspace-pause.ts'
import { collapseWorkspace, removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { restartWorkspace } from '../domain/workspace/workspace-service.ts'
import { loadOf, workspaceToWire } from '../domain/workspace/workspace-wire.ts'
import { guard } from './authenticate.ts'
import { readLenientBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

const Flag = z
  .enum(['true', 'false', '1', '0'])
  .optional()
  .transform((flag) => flag === 'true' || flag === '1')
const Remove = z.object({ confirm: Flag, purge: Flag })
const Force = z.object({ force: Flag })

/** The verbs of `/workspaces/:id`: each writes a wish and answers; controllers do the rest. */
export const lifecycleRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/:id/restart', guard(services, 'POST /workspaces/:id/restart'), async (c) => {
      const options = await readLenientBody(c, RestartWorkspace)
      const row = await restartWorkspace(db, c.var.principal, c.req.param('id'), options)
      return c.json(workspaceToWire(row, await loadOf(db, row.id)))
    })
    .post('/:id/pause', guard(services, 'POST /workspaces/:id/pause'), async (c) =>
      c.json(await pauseWorkspace(db, c.var.principal, c.req.param('id'))),
    )
    .post('/:id/resume', guard(services, 'POST /workspaces/:id/resume'), async (c) =>
      c.json(await resumeWorkspace(db, c.var.principal, c.req.param('id'))),
    )
    .post('/:id/hibernate', guard(services, 'POST /workspaces/:id/hibernate'), async (c) => {
      const options = readQuery(c, Force)
      return c.json(await hibernateWorkspace(db, c.var.principal, c.req.param('id'), options))
    })
    .post('/:id/wake', guard(services, 'POST /workspaces/:id/wake'), async (c) => {
      const row = await wakeWorkspace(db, c.var.principal, c.req.param('id'))
      return c.json(workspaceToWire(row, await loadOf(db, row.id)))
    })
    .get('/:id/usage', guard(services, 'GET /workspaces/:id/usage'), async (c) =>
      c.json(await usageOfWorkspace(db, scopeOf(c.var.principal), c.req.param('id'))),
    )
    .get('/:id/subtree', guard(services, 'GET /workspaces/:id/subtree'), async (c) =>
      c.json(await previewSubtree(db, scopeOf(c.var.principal), c.req.param('id'))),
    )
    .post('/:id/collapse', guard(services, 'POST /workspaces/:id/collapse'), async (c) => {
      const options = readQuery(c, Remove)
      return c.json(await collapseWorkspace(db, c.var.principal, c.req.param('id'), options))
    })
    .delete('/:id', guard(services, 'DELETE /workspaces/:id'), async (c) => {
      const options = readQuery(c, Remove)
      return c.json(await removeWorkspace(db, c.var.principal, c.req.param('id'), options))
    })
}
