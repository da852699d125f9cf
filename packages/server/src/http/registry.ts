import {
  type Access,
  CheckAccess,
  Register,
  type Registered,
  RegistryHeartbeat,
  type RegistryOk,
  UpdateCard,
} from '@molecule/contract/registry'
import { Hono } from 'hono'
import { z } from 'zod'
import { hearAgent } from '../domain/registry/heartbeat.ts'
import { discover, hasAccess, peersOf } from '../domain/registry/peers.ts'
import { register, updateCard } from '../domain/registry/register.ts'
import { guard } from './authenticate.ts'
import { readLenientBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { withCallableUrl } from './outbound-url.ts'

const Search = z.object({ q: z.string().max(200).optional() })

/** How agents that run elsewhere report in, and how agents find each other. */
export const registryRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/register', guard(services, 'POST /registry/register'), async (c) => {
      const told = await withCallableUrl(services, await readLenientBody(c, Register))
      const delivery_mode = await register(services, c.var.principal, told)
      return c.json({ status: 'registered', delivery_mode } satisfies Registered)
    })
    .post('/heartbeat', guard(services, 'POST /registry/heartbeat'), async (c) => {
      await hearAgent(services, c.var.principal, await readLenientBody(c, RegistryHeartbeat))
      return c.json({ status: 'ok' } satisfies RegistryOk)
    })
    .post('/update-card', guard(services, 'POST /registry/update-card'), async (c) => {
      await updateCard(db, c.var.principal, await readLenientBody(c, UpdateCard))
      return c.json({ status: 'updated' } satisfies RegistryOk)
    })
    .get('/discover/:id', guard(services, 'GET /registry/discover/:id'), async (c) =>
      c.json(await discover(db, c.var.principal, c.req.param('id'))),
    )
    .get('/:id/peers', guard(services, 'GET /registry/:id/peers'), async (c) => {
      const { q } = readQuery(c, Search)
      return c.json(await peersOf(db, c.var.principal, { id: c.req.param('id'), q }))
    })
    .post('/check-access', guard(services, 'POST /registry/check-access'), async (c) => {
      const { caller_id: callerId, target_id: targetId } = await readLenientBody(c, CheckAccess)
      const allowed = await hasAccess(db, c.var.principal, { callerId, targetId })
      return c.json({ allowed } satisfies Access)
    })
}
