import { CompleteWork, LeasedWork, LeaseWork, ReturnWork, StartWork } from '@molecule/contract/work'
import { Hono } from 'hono'
import type { z } from 'zod'
import type { Db } from '../db/tables.ts'
import { DomainError } from '../domain/error.ts'
import { CREDENTIALS_CHANGED, isStillValid } from '../domain/identity/credential-store.ts'
import type { PrincipalOf } from '../domain/identity/principal.ts'
import { hearAgent } from '../domain/registry/heartbeat.ts'
import { leaseAttempts, nextLeaseIn } from '../domain/task/task-lease.ts'
import { completeWork, returnWork, startWork, workHost } from '../domain/task/task-work.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { waitFor } from './wait.ts'

/** After so many hand-overs without a word an item is a dead letter. */
const MAX_DELIVERIES = 5
/** An answer of ten million characters, each up to four bytes and escaped. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024

/** How an agent that runs elsewhere takes its work and brings the answers. */
export const workRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/:id/work/lease', guard(services, 'POST /workspaces/:id/work/lease'), async (c) => {
      const id = c.req.param('id')
      const host = await workHost(db, c.var.principal, id)
      const request = await readBody(c, LeaseWork)
      await hearAgent(services, c.var.principal, { workspace_id: id })
      const items = await lease(
        services,
        { host, agent: c.var.principal },
        request,
        c.req.raw.signal,
      )
      return c.json(LeasedWork.parse({ items }))
    })
    .post(
      '/:id/work/:task/start',
      guard(services, 'POST /workspaces/:id/work/:task/start'),
      async (c) => {
        const host = await workHost(db, c.var.principal, c.req.param('id'))
        await startWork(db, host, c.req.param('task'), await readBody(c, StartWork))
        return c.json({ started: true })
      },
    )
    .post(
      '/:id/work/:task/return',
      guard(services, 'POST /workspaces/:id/work/:task/return'),
      async (c) => {
        const host = await workHost(db, c.var.principal, c.req.param('id'))
        await returnWork(db, host, c.req.param('task'), await readBody(c, ReturnWork))
        return c.json({ returned: true })
      },
    )
    .post(
      '/:id/work/:task/complete',
      guard(services, 'POST /workspaces/:id/work/:task/complete'),
      async (c) => {
        const host = await workHost(db, c.var.principal, c.req.param('id'))
        const end = await readBody(c, CompleteWork, { maxBytes: MAX_ANSWER_BYTES })
        return c.json(await completeWork(db, host, c.req.param('task'), end))
      },
    )
}

/** Whoever waits with a credential that is replaced meanwhile must not take what is meant for its successor. */
async function refuseEnded(db: Db, { credentialId }: PrincipalOf<'workspace'>): Promise<void> {
  if (await isStillValid(db, credentialId)) return
  throw new DomainError('unauthenticated', 'this credential is not valid any more', {
    hint: 'It was rotated or revoked. Take the new one.',
  })
}

type Lessor = { host: Awaited<ReturnType<typeof workHost>>; agent: PrincipalOf<'workspace'> }

/** Answers with work as soon as there is any; a lease that expires or a pause that ends meanwhile is looked for by itself. */
async function lease(
  services: Services,
  { host, agent }: Lessor,
  { limit, wait_s, lease_s }: z.output<typeof LeaseWork>,
  signal: AbortSignal,
) {
  const { db } = services
  const lessee = { ...host, leaseMs: lease_s * 1000, maxDeliveries: MAX_DELIVERIES }
  const { items } = await waitFor(services, {
    keys: [`ws:${host.workspaceId}`, CREDENTIALS_CHANGED],
    seconds: wait_s,
    signal,
    look: async () => {
      await workHost(db, agent, host.workspaceId)
      await refuseEnded(db, agent)
      const dueInMs = signal.aborted ? undefined : await nextLeaseIn(db, lessee)
      if (dueInMs !== 0) return { items: [], dueInMs }
      return { items: await leaseAttempts(db, lessee, limit), dueInMs: undefined }
    },
    isEnough: (found) => found.items.length > 0,
    lookAgainIn: ({ dueInMs }) => dueInMs,
  })
  return items
}
