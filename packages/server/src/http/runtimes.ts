import { RuntimeList } from '@molecule/contract/runtime'
import { Hono } from 'hono'
import { listRuntimes } from '../domain/runtime/runtime.ts'
import { guard } from './authenticate.ts'
import type { AppEnv, Services } from './context.ts'

export const runtimeRoutes = (services: Services) =>
  new Hono<AppEnv>().get('/', guard(services, 'GET /runtimes'), async (c) => {
    const { backends, enabledBackends } = services
    const [usual = ''] = enabledBackends
    const hasProgram = backends.get(usual)?.hasProgram
    return c.json(RuntimeList.parse({ runtimes: await listRuntimes(hasProgram) }))
  })
