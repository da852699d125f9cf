import type { HostConfig } from '@molecule/contract/config'
import {
  Beat,
  CompleteAttempt,
  Enrol,
  type Enrolment,
  HostFailure,
  LeaseRequest,
  StartAttempt,
} from '@molecule/contract/host'
import type { SecretValues } from '@molecule/contract/secret'
import { Hono } from 'hono'
import { hostConfig, hostConfigVersion } from '../domain/config/host-config.ts'
import { arrive, enrolHost } from '../domain/host/arrive.ts'
import { failHost } from '../domain/host/fail-host.ts'
import type { PrincipalOf } from '../domain/identity/principal.ts'
import { hostValues } from '../domain/secret/secret-values.ts'
import { completeAttempt, startAttempt } from '../domain/task/task-attempt.ts'
import { hostsWorkspace, leaseAttempts, nextLeaseIn, toCancel } from '../domain/task/task-lease.ts'
import { appendOutput } from '../domain/task/task-output.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { waitFor } from './wait.ts'

const BEAT_EVERY_MS = 5000
/** Less than a backend waits for its host, so that the host can still say how its work ended. */
const KILL_GRACE_MS = 3000
/** A journal or an answer of ten million characters, each up to four bytes and escaped. */
const MAX_HOST_BYTES = 64 * 1024 * 1024

export const hostRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/enrol', guard(services, 'POST /host/enrol'), async (c) => {
      const enrol = await readBody(c, Enrol, { maxBytes: MAX_HOST_BYTES })
      const { workspace, hostToken, agentToken } = await enrolHost(db, c.var.principal, enrol)
      return c.json({
        workspace_id: workspace.id,
        incarnation: workspace.incarnation,
        host_token: hostToken,
        agent_token: agentToken,
        name: workspace.name,
        role: workspace.role,
        model: workspace.model,
        runtime: workspace.runtime,
        runtime_config: workspace.runtimeConfig,
        workspace_dir: workspace.workspaceDir,
        max_concurrent_tasks: workspace.maxConcurrentTasks,
        session: workspace.sessionGeneration,
        beat_every_ms: BEAT_EVERY_MS,
        kill_grace_ms: KILL_GRACE_MS,
      } satisfies Enrolment)
    })
    .get('/secrets', guard(services, 'GET /host/secrets'), async (c) => {
      c.header('cache-control', 'no-store')
      return c.json((await hostValues(services, c.var.principal)) satisfies SecretValues)
    })
    .get('/config', guard(services, 'GET /host/config'), async (c) => {
      return c.json((await hostConfig(db, c.var.principal)) satisfies HostConfig)
    })
    .post('/lease', guard(services, 'POST /host/lease'), async (c) => {
      const request = await readBody(c, LeaseRequest)
      return c.json(await lease(services, c.var.principal, request, c.req.raw.signal))
    })
    .post('/start', guard(services, 'POST /host/start'), async (c) => {
      await startAttempt(db, c.var.principal, await readBody(c, StartAttempt))
      return c.json({ started: true })
    })
    .post('/beat', guard(services, 'POST /host/beat'), async (c) => {
      const { attempts } = await readBody(c, Beat)
      await arrive(db, c.var.principal)
      services.heartbeats.beat(c.var.principal, attempts)
      const stored = await appendOutput(db, c.var.principal, attempts)
      services.feed.output(c.var.principal.workspaceId, stored)
      return c.json({ cancel: await toCancel(db, c.var.principal, attempts) })
    })
    .post('/complete', guard(services, 'POST /host/complete'), async (c) => {
      const end = await readBody(c, CompleteAttempt, { maxBytes: MAX_HOST_BYTES })
      return c.json(await completeAttempt(db, c.var.principal, end))
    })
    .post('/fail', guard(services, 'POST /host/fail'), async (c) => {
      const { reason } = await readBody(c, HostFailure)
      return c.json({ recorded: await failHost(db, c.var.principal, reason) })
    })
}

/** Answers with work or a cancel as soon as there is either. A host that hangs up may be dead: look at once. */
async function lease(
  services: Services,
  host: PrincipalOf<'host'>,
  { capacity, wait_s, running }: LeaseRequest,
  signal: AbortSignal,
) {
  const { db, wakes } = services
  const lessee = { ...host, running }
  await arrive(db, host)
  services.heartbeats.beat(host, [])
  signal.addEventListener('abort', () => wakes.notify(['workspaces']), { once: true })
  const { attempts, cancel } = await waitFor(services, {
    keys: [`ws:${host.workspaceId}`],
    seconds: wait_s,
    signal,
    look: async () => {
      const cancel = await toCancel(db, host, running)
      const dueInMs = capacity > 0 && !signal.aborted ? await nextLeaseIn(db, lessee) : undefined
      if (dueInMs === 0) return { attempts: await leaseAttempts(db, lessee, capacity), cancel }
      await hostsWorkspace(db, host)
      return { attempts: [], cancel, dueInMs }
    },
    isEnough: ({ attempts, cancel }) => attempts.length > 0 || cancel.length > 0,
    lookAgainIn: ({ dueInMs }) => dueInMs,
  })
  if (attempts.length === 0) return { attempts, cancel }
  return { attempts, cancel, config_version: await hostConfigVersion(db, host) }
}
