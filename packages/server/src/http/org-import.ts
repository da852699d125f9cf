import { type ImportedOrg, ImportOrg, type OrgTemplate } from '@molecule/contract/org'
import { Hono } from 'hono'
import { DomainError } from '../domain/error.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { applyOrg } from '../domain/org/apply-org.ts'
import { loadTemplate } from '../domain/org/load-template.ts'
import { planOrg } from '../domain/org/plan-org.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { problemOf } from './errors.ts'

/** What older clients know: a list of templates, and one call that applies one. */
export const orgImportRoutes = (services: Services) => {
  const { db, templates, log } = services
  return new Hono<AppEnv>()
    .get('/templates', guard(services, 'GET /org/templates'), async (c) => {
      const found = await templates.list()
      for (const each of found.broken) log.warn(each, 'a template cannot be used')
      return c.json(found.templates satisfies OrgTemplate[])
    })
    .post('/import', guard(services, 'POST /org/import'), async (c) => {
      const { dir, template: inline, force } = await readBody(c, ImportOrg)
      const files =
        dir === undefined
          ? new Map([['org.yaml', JSON.stringify(inline)]])
          : await templates.files(dir)
      const template = loadTemplate(files, { lenient: true })
      const { missingEnv } = await planOrg(db, scopeOf(c.var.principal), {
        template,
        mode: 'skip',
      })
      if (missingEnv.length > 0 && !force) {
        const missing = new DomainError(
          'not_allowed_now',
          'variables that the template requires are missing',
          { hint: suggestion },
        )
        // Older clients look for these beside the problem.
        const told = {
          missing_env: missingEnv,
          required_env: template.requiredEnv,
          template: template.name,
          suggestion,
        }
        return c.json({ ...problemOf(missing, c.var.traceId), ...told, status: 412 }, 412)
      }
      const how = { mode: 'skip', force, confirm: false } as const
      const { org, workspaces, count } = await applyOrg(db, c.var.principal, { template, ...how })
      return c.json({ org, workspaces, count } satisfies ImportedOrg, 201)
    })
}

const suggestion = 'Store them as secrets of the org, or repeat with "force": true.'
