import {
  type BackendOffer,
  type InspectedWorkload,
  ListWorkloads,
  PlacedWorkload,
  type PurgedWorkload,
  ReadWorkloadLogs,
  type StartedWorkload,
  StartWorkload,
  type StoppedWorkload,
  Workload,
  type WorkloadPage,
} from '@molecule/contract/backend-host'
import { Hono } from 'hono'
import type { Backend } from '../backend/backend.ts'
import type { Tenant } from '../domain/identity/tenant.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { servedTo } from './served-calls.ts'
import { handleOf, ownerFor } from './tenant-workload.ts'
import { pageOf, streamOf } from './workload-answers.ts'

/** A workload and a credential; nothing of that is large. */
const limits = { maxBytes: 64 * 1024 }

/** The backends of this server, for other servers. Nothing is kept here: every answer comes from a backend. */
export const backendHostRoutes = (services: Services) => {
  const served = servedTo(services)
  return new Hono<AppEnv>()
    .get('/offer', guard(services, 'GET /backend/v1/offer'), async (c) =>
      c.json((await served.offer(c)) satisfies BackendOffer),
    )
    .post('/start', guard(services, 'POST /backend/v1/start'), async (c) => {
      const wanted = await readBody(c, StartWorkload, limits)
      return c.json((await served.start(c, wanted)) satisfies StartedWorkload)
    })
    .post('/stop', guard(services, 'POST /backend/v1/stop'), async (c) => {
      await served.stop(c, await readBody(c, PlacedWorkload, limits))
      return c.json({ state: 'absent' } satisfies StoppedWorkload)
    })
    .post('/inspect', guard(services, 'POST /backend/v1/inspect'), async (c) => {
      const workload = await readBody(c, PlacedWorkload, limits)
      return served.look(c, workload.owner, async (backend, tenant, signal) => {
        const state = await backend.inspect(handleOf(tenant, workload), signal)
        return c.json({ state } satisfies InspectedWorkload)
      })
    })
    .post('/list', guard(services, 'POST /backend/v1/list'), async (c) => {
      const { owner, after } = await readBody(c, ListWorkloads, limits)
      return served.look(c, owner, async (backend, tenant, signal) => {
        const found = backend.list(ownerFor(tenant, owner), signal)
        return c.json((await pageOf(found, tenant, after)) satisfies WorkloadPage)
      })
    })
    .post('/logs', guard(services, 'POST /backend/v1/logs'), async (c) => {
      const asked = await readBody(c, ReadWorkloadLogs, limits)
      const { tail_lines: tailLines, follow, ...workload } = asked
      const read = async (backend: Backend, tenant: Tenant, signal: AbortSignal) => {
        const lines = backend.logs?.(handleOf(tenant, workload), { tailLines, follow }, signal)
        return c.body(streamOf(lines), 200, { 'content-type': 'application/x-ndjson' })
      }
      return follow ? served.watch(c, workload.owner, read) : served.look(c, workload.owner, read)
    })
    .post('/purge', guard(services, 'POST /backend/v1/purge'), async (c) => {
      await served.purge(c, await readBody(c, Workload, limits))
      return c.json({ stored: false } satisfies PurgedWorkload)
    })
}
