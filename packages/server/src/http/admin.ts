import { Shutdown } from '@molecule/contract/admin'
import { Hono } from 'hono'
import { z } from 'zod'
import { auditAlone } from '../domain/audit/audit.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { resourceLedger } from '../domain/resource/resource-ledger.ts'
import { guard } from './authenticate.ts'
import { readBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

const Open = z.object({ open: z.enum(['true', 'false', '1', '0']).optional() })

export const adminRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .post('/shutdown', guard(services, 'POST /admin/shutdown'), async (c) => {
      const { stop_agents } = await readBody(c, Shutdown)
      await auditAlone(services.db, c.var.principal, {
        action: 'server.shutdown',
        entity: 'server',
        entityId: services.epoch,
        after: { stop_agents },
      })
      return c.json(await services.shutDown({ stopAgents: stop_agents }))
    })
    .get('/resources', guard(services, 'GET /admin/resources'), async (c) => {
      const { open } = readQuery(c, Open)
      const openOnly = open === 'true' || open === '1'
      const { costPerHour } = services
      const brake = services.brake()
      return c.json(
        await resourceLedger(services.db, scopeOf(c.var.principal), {
          openOnly,
          brake,
          costPerHour,
        }),
      )
    })
    .get('/liveness', guard(services, 'GET /admin/liveness'), (c) => c.json(services.liveness()))
