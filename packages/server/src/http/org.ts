import {
  ApplyOrg,
  type ExportedOrg,
  type OrgApplied,
  type OrgPlan,
  PlanOrg,
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

/** Organizations from files. */
export const orgRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/plan', guard(services, 'POST /org/plan'), async (c) => {
      const { files, mode, lenient } = await readBody(c, PlanOrg, { maxBytes: MAX_TEMPLATE_BYTES })
      const template = loadTemplate(new Map(Object.entries(files)), { lenient })
      const plan = await planOrg(db, scopeOf(c.var.principal), { template, mode })
      return c.json(planToWire(plan) satisfies OrgPlan)
    })
    .get('/export', guard(services, 'GET /org/export'), async (c) =>
      c.json((await exportOrg(db, scopeOf(c.var.principal))) satisfies ExportedOrg),
    )
    .post('/apply', guard(services, 'POST /org/apply'), async (c) => {
      const { files, lenient, ...how } = await readBody(c, ApplyOrg, {
        maxBytes: MAX_TEMPLATE_BYTES,
      })
      const template = loadTemplate(new Map(Object.entries(files)), { lenient })
      const applied = await applyOrg(db, c.var.principal, { template, ...how })
      return c.json(applied satisfies OrgApplied, 201)
    })
}
