import { Shutdown } from '@molecule/contract/admin'
import { Hono } from 'hono'
import { allow } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'

export const adminRoutes = (services: Services) =>
  new Hono<AppEnv>().post('/shutdown', allow(services, 'admin'), async (c) => {
    const { stop_agents } = await readBody(c, Shutdown)
    return c.json(await services.shutDown({ stopAgents: stop_agents }))
  })
