import { Hono } from 'hono'
import type { AppEnv, Services } from './context.ts'

/** Public: a prober has no credential. `/health` says the process answers, `/readyz` that it can do its work. */
export const healthRoutes = ({ version, checks }: Services) =>
  new Hono<AppEnv>()
    .get('/health', (c) => c.json({ status: 'ok', version, pid: process.pid }))
    .get('/readyz', async (c) => {
      const results = await checks()
      const ready = results.every((check) => check.ok)
      return c.json({ ready, checks: results }, ready ? 200 : 503)
    })
