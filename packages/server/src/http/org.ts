import {
  ApplyOrg,
  type ExportedOrg,
  type OrgApplied,
  type OrgPlan,
  PlanOrg,
  type TemplateFiles,
} from '@molecule/contract/org'
import { Hono } from 'hono'
import { scopeOf } from '../domain/identity/principal.ts'
import { applyOrg } from '../domain/org/apply-org.ts'
import { exportOrg } from '../domain/org/export-org.ts'
import { loadTemplate } from '../domain/org/load-template.ts'
import { planOrg, planToWire } from '../domain/org/plan-org.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'

/** A template with its prompts and skills, as text. */
const MAX_TEMPLATE_BYTES = 24 * 1024 * 1024

type Source = { files?: TemplateFiles | undefined; dir?: string | undefined }

/** Organizations from files. */
export const orgRoutes = (services: Services) => {
  const { db, templates } = services
  const filesOf = async ({ files, dir }: Source) =>
    dir === undefined ? new Map(Object.entries(files ?? {})) : templates.files(dir)
  return new Hono<AppEnv>()
    .post('/plan', guard(services, 'POST /org/plan'), async (c) => {
      const { mode, lenient, ...source } = await readBody(c, PlanOrg, {
        maxBytes: MAX_TEMPLATE_BYTES,
      })
      const template = loadTemplate(await filesOf(source), { lenient })
      const plan = await planOrg(db, scopeOf(c.var.principal), { template, mode })
      return c.json(planToWire(plan) satisfies OrgPlan)
    })
    .get('/export', guard(services, 'GET /org/export'), async (c) =>
      c.json((await exportOrg(db, scopeOf(c.var.principal))) satisfies ExportedOrg),
    )
    .post('/apply', guard(services, 'POST /org/apply'), async (c) => {
      const { files, dir, lenient, ...how } = await readBody(c, ApplyOrg, {
        maxBytes: MAX_TEMPLATE_BYTES,
      })
      const template = loadTemplate(await filesOf({ files, dir }), { lenient })
      const applied = await applyOrg(db, c.var.principal, { template, ...how })
      return c.json(applied satisfies OrgApplied, 201)
    })
}
