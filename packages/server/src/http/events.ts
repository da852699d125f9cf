import { Snapshot } from '@molecule/contract/event'
import { Hono } from 'hono'
import { z } from 'zod'
import { readEvents } from '../domain/event/event-store.ts'
import { takeSnapshot } from '../domain/event/snapshot.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { guard } from './authenticate.ts'
import { readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { MAX_WAIT_S, waitFor } from './wait.ts'

const Page = z.object({
  since: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  wait: z.coerce.number().min(0).max(MAX_WAIT_S).default(0),
})

export const eventRoutes = (services: Services) => {
  const { db, feed, epoch } = services
  return new Hono<AppEnv>()
    .get('/events', guard(services, 'GET /events'), async (c) => {
      const { since, limit, wait } = readQuery(c, Page)
      const from = since ?? Math.max(0, feed.head() - limit)
      const events = await waitFor(services, {
        keys: ['stamped'],
        seconds: wait,
        signal: c.req.raw.signal,
        look: () => readEvents(db, c.var.principal.orgId, { since: from, limit }),
        isEnough: (found) => found.length > 0,
      })
      return c.json({ events, epoch, head: feed.head(), reset: from > feed.head() })
    })
    .get('/canvas/snapshot', guard(services, 'GET /canvas/snapshot'), async (c) => {
      const snapshot = await takeSnapshot(db, scopeOf(c.var.principal))
      return c.json(Snapshot.parse({ ...snapshot, epoch }))
    })
}
