import {
  ApplyOrg,
  type ExportedOrg,
  type LeftoverList,
  Leftovers,
  type OrgApplied,
  type OrgPlan,
  PlanOrg,
  type PrunedOrg,
  PruneOrg,
  type TemplateFiles,
} from '@molecule/contract/org'
import { Hono } from 'hono'
import { scopeOf } from '../domain/identity/principal.ts'
import { applyOrg } from '../domain/org/apply-org.ts'
import { exportOrg } from '../domain/org/export-org.ts'
import { leftovers, removeLeftovers } from '../domain/org/leftovers.ts'
import { loadTemplate } from '../domain/org/load-template.ts'
import { planOrg } from '../domain/org/plan-org.ts'
import { planToWire } from '../domain/org/plan-wire.ts'
import { guard } from './authenticate.ts'
import { readBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

/** A template with its prompts and skills, as text. */
const MAX_TEMPLATE_BYTES = 24 * 1024 * 1024

type Source = { files?: TemplateFiles | undefined; dir?: string | undefined }

/** Organizations from files. */
export const orgRoutes = (services: Services) => {
  const { db, templates } = services
  const filesOf = async ({ files, dir }: Source) =>
    dir === undefined ? new Map(Object.entries(files ?? {})) : templates.files(dir)
  const backend = () => services.enabledBackends[0]
  return new Hono<AppEnv>()
    .post('/plan', guard(services, 'POST /org/plan'), async (c) => {
      const { mode, lenient, ...source } = await readBody(c, PlanOrg, {
        maxBytes: MAX_TEMPLATE_BYTES,
      })
      const template = loadTemplate(await filesOf(source), { lenient })
      const plan = await planOrg(db, scopeOf(c.var.principal), { template, mode })
      return c.json(planToWire(plan, backend()) satisfies OrgPlan)
    })
    .get('/leftovers', guard(services, 'GET /org/leftovers'), async (c) => {
      const { older_than_hours: olderThanHours } = readQuery(c, Leftovers)
      const found = await leftovers(db, scopeOf(c.var.principal), { olderThanHours })
      return c.json({ leftovers: found } satisfies LeftoverList)
    })
    .post('/prune', guard(services, 'POST /org/prune'), async (c) => {
      const { older_than_hours: olderThanHours, ...which } = await readBody(c, PruneOrg)
      const how = { ...which, olderThanHours }
      const removed = await removeLeftovers(db, c.var.principal, how)
      return c.json({ removed } satisfies PrunedOrg)
    })
    .get('/export', guard(services, 'GET /org/export'), async (c) =>
      c.json((await exportOrg(db, scopeOf(c.var.principal))) satisfies ExportedOrg),
    )
    .post('/apply', guard(services, 'POST /org/apply'), async (c) => {
      const { files, dir, lenient, ...how } = await readBody(c, ApplyOrg, {
        maxBytes: MAX_TEMPLATE_BYTES,
      })
      const template = loadTemplate(await filesOf({ files, dir }), { lenient })
      const made = { template, backend: backend(), ...how }
      const applied = await applyOrg(db, c.var.principal, made)
      return c.json(applied satisfies OrgApplied, 201)
    })
}
