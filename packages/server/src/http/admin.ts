import { Shutdown } from '@molecule/contract/admin'
import { Hono } from 'hono'
import { auditAlone } from '../domain/audit/audit.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'

export const adminRoutes = (services: Services) =>
  new Hono<AppEnv>().post('/shutdown', guard(services, 'POST /admin/shutdown'), async (c) => {
    const { stop_agents } = await readBody(c, Shutdown)
    await auditAlone(services.db, c.var.principal, {
      action: 'server.shutdown',
      entity: 'server',
      entityId: services.epoch,
      after: { stop_agents },
    })
    return c.json(await services.shutDown({ stopAgents: stop_agents }))
  })
