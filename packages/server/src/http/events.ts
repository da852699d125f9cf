import { Snapshot } from '@molecule/contract/event'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { readEvents } from '../domain/event/event-store.ts'
import { isForgotten } from '../domain/event/old-events.ts'
import { aboutOf, type Sight, sightOf } from '../domain/event/sight.ts'
import { takeSnapshot } from '../domain/event/snapshot.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { guard } from './authenticate.ts'
import { readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { eventStream } from './event-stream.ts'
import { MAX_WAIT_S, waitFor } from './wait.ts'

const Page = z.object({
  since: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  wait: z.coerce.number().min(0).max(MAX_WAIT_S).default(0),
})

/** A page of the feed, without what may not be seen; `next` is where the page after it begins. */
async function readVisible(
  db: Services['db'],
  sight: Sight,
  { orgId, since, limit }: { orgId: string; since: number; limit: number },
) {
  const found = await readEvents(db, orgId, { since, limit })
  const events = found.filter((event) => sight.sees(aboutOf(event))).map(sight.show)
  return { events, next: found.at(-1)?.seq ?? since }
}

export const eventRoutes = (services: Services) => {
  const { db, feed, epoch } = services
  return new Hono<AppEnv>()
    .get('/events', guard(services, 'GET /events'), async (c) => {
      const { since, limit, wait } = readQuery(c, Page)
      const { principal } = c.var
      if (c.req.header('accept')?.includes('text/event-stream'))
        return eventStream(services, c as unknown as Context, { principal, since })
      const from = since ?? Math.max(0, feed.head() - limit)
      const sight = sightOf(principal, feed.tree)
      const page = await waitFor(services, {
        keys: ['stamped'],
        seconds: wait,
        signal: c.req.raw.signal,
        look: () => readVisible(db, sight, { orgId: principal.orgId, since: from, limit }),
        isEnough: (found) => found.events.length > 0,
      })
      const reset = from > feed.head() || (await isForgotten(db, from))
      return c.json({ ...page, epoch, head: feed.head(), reset })
    })
    .get('/canvas/snapshot', guard(services, 'GET /canvas/snapshot'), async (c) => {
      const snapshot = await takeSnapshot(db, scopeOf(c.var.principal))
      return c.json(Snapshot.parse({ ...snapshot, epoch }))
    })
}
