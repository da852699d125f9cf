import {
  type ImportedTemplate,
  ImportTemplate,
  SaveTemplate,
  type WorkspaceTemplate,
  type WorkspaceTemplateFiles,
} from '@molecule/contract/workspace-template'
import { Hono } from 'hono'
import { notFound } from '../domain/error.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import {
  deleteTemplate,
  importTemplate,
  saveTemplate,
} from '../domain/workspace-template/workspace-template-service.ts'
import {
  findTemplate,
  listTemplates,
  newestOf,
} from '../domain/workspace-template/workspace-template-store.ts'
import {
  templateFilesToWire,
  templateToWire,
} from '../domain/workspace-template/workspace-template-wire.ts'
import { guard } from './authenticate.ts'
import { readBody, readLenientBody } from './body.ts'
import { MAX_CONFIG_BYTES } from './config.ts'
import type { AppEnv, Services } from './context.ts'

/** What configurations of new workspaces begin with. */
export const templateRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, 'GET /templates'), async (c) => {
      const rows = await listTemplates(db, scopeOf(c.var.principal))
      const told: WorkspaceTemplate[] = []
      for (const row of rows) told.push(templateToWire(row, await newestOf(db, row)))
      return c.json(told)
    })
    .post('/import', guard(services, 'POST /templates/import'), async (c) => {
      const input = await readLenientBody(c, ImportTemplate, { maxBytes: MAX_CONFIG_BYTES })
      const { id, name } = await importTemplate(db, c.var.principal, input)
      return c.json({ status: 'imported', id, name } satisfies ImportedTemplate, 201)
    })
    .get('/:id', guard(services, 'GET /templates/:id'), async (c) => {
      const row = await findTemplate(db, scopeOf(c.var.principal), c.req.param('id'))
      if (!row) throw notFound('template', c.req.param('id'))
      return c.json((await templateFilesToWire(db, row)) satisfies WorkspaceTemplateFiles)
    })
    .put('/:id', guard(services, 'PUT /templates/:id'), async (c) => {
      const input = await readBody(c, SaveTemplate, { maxBytes: MAX_CONFIG_BYTES })
      const row = await saveTemplate(db, c.var.principal, c.req.param('id'), input)
      return c.json((await templateFilesToWire(db, row)) satisfies WorkspaceTemplateFiles)
    })
    .delete('/:id', guard(services, 'DELETE /templates/:id'), async (c) => {
      await deleteTemplate(db, c.var.principal, c.req.param('id'))
      return c.body(null, 204)
    })
}
