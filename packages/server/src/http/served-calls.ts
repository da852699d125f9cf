import {
  type BackendOffer,
  type PlacedWorkload,
  type StartedWorkload,
  type StartWorkload,
  type Workload,
  type WorkloadOwner,
  type WorkloadVerb,
  workloadKey,
} from '@molecule/contract/backend-host'
import type { Backend } from '../backend/backend.ts'
import { DomainError } from '../domain/error.ts'
import type { Person } from '../domain/identity/principal.ts'
import { recordUse, type Tenant, tenantName } from '../domain/identity/tenant.ts'
import { atOnce } from '../lib/at-once.ts'
import type { Services } from './context.ts'
import { handleOf, refFor } from './tenant-workload.ts'

/** Apart, so that slow starts keep nobody from stopping. */
const MAX_STARTS = 32
const MAX_OTHER_CALLS = 128
const LOOK_MS = 30_000
const STOP_MS = 60_000
const OFFER_MS = 1_500
const USUAL_START_MS = 30_000

type Asked = {
  req: { raw: Request; header(name: string): string | undefined }
  var: { principal: Person }
}

type Look<T> = (backend: Backend, tenant: Tenant, signal: AbortSignal) => Promise<T>

/** What a tenant may have the offered backends do. */
export function servedTo({ served, db, closing, log }: Services) {
  const starting = atOnce(MAX_STARTS, tooMany)
  const calling = atOnce(MAX_OTHER_CALLS, tooMany)

  const admit = async ({ var: { principal } }: Asked, owner: WorkloadOwner) => {
    if (!served) throw notServed()
    const name = await tenantName(db, principal)
    return { backend: served, tenant: { name, installId: owner.install_id } }
  }
  const admitUse = async (c: Asked, verb: WorkloadVerb, workload: Workload) => {
    checkKey(c, verb, workload)
    const { backend, tenant } = await admit(c, workload.owner)
    await recordUse(db, c.var.principal, { verb, tenant, workload })
    return { backend, tenant }
  }
  const looking = <T>(
    c: Asked,
    owner: WorkloadOwner,
    { look, until }: { look: Look<T>; until: AbortSignal[] },
  ) =>
    calling(async () => {
      const { backend, tenant } = await admit(c, owner)
      const signal = AbortSignal.any([c.req.raw.signal, closing, ...until])
      return look(backend, tenant, signal).catch((error: unknown) => {
        throw refusal(error, 'the backend does not say')
      })
    })
  const refusal = (error: unknown, what: string, secret?: string) => {
    if (error instanceof DomainError) return error
    const detail = withoutSecret(`${what}: ${messageOf(error)}`, secret)
    if (closing.aborted) return new DomainError('unavailable', detail, goingDown)
    log.warn({ detail }, 'a call of another server failed')
    return new DomainError('not_allowed_now', detail, mendIt)
  }

  return {
    async offer(c: Asked): Promise<BackendOffer> {
      const { backend } = await admit(c, nobody)
      const check = await backend.check?.(AbortSignal.timeout(OFFER_MS))
      return offerOf(backend, check ?? { ok: true, detail: 'ready' })
    },
    /** Whoever hangs up does not wait for it any more: then it is given up, and can be repeated. */
    start: (c: Asked, wanted: StartWorkload): Promise<StartedWorkload> =>
      starting(async () => {
        const { backend, tenant } = await admitUse(c, 'start', workloadIn(wanted))
        const limit = AbortSignal.timeout(backend.startLimitMs ?? USUAL_START_MS)
        const { runtime, tier, boot } = wanted
        const spec = { ...refFor(tenant, wanted), runtime, tier, boot, workspaceDir: null }
        try {
          const signal = AbortSignal.any([c.req.raw.signal, closing, limit])
          const { within = backend.id, image } = await backend.start(spec, signal)
          return { backend: within, ...(image === undefined ? {} : { image }) }
        } catch (error) {
          throw refusal(error, 'the workload could not be started', boot.credential)
        }
      }),
    /** Goes on when the caller hangs up: an incarnation that is to end is never wanted again. */
    stop: (c: Asked, workload: PlacedWorkload) =>
      calling(async () => {
        const { backend, tenant } = await admitUse(c, 'stop', workloadIn(workload))
        const signal = AbortSignal.any([closing, AbortSignal.timeout(STOP_MS)])
        await backend.stop(handleOf(tenant, workload), signal).catch((error: unknown) => {
          throw refusal(error, 'the stop is not proven')
        })
      }),
    purge: (c: Asked, workload: Workload) =>
      calling(async () => {
        const { backend, tenant } = await admitUse(c, 'purge', workload)
        const signal = AbortSignal.any([closing, AbortSignal.timeout(STOP_MS)])
        await backend.purge?.(handleOf(tenant, workload), signal).catch((error: unknown) => {
          throw refusal(error, 'what is stored was not removed')
        })
      }),
    look: <T>(c: Asked, owner: WorkloadOwner, look: Look<T>) =>
      looking(c, owner, { look, until: [AbortSignal.timeout(LOOK_MS)] }),
    /** For as long as the caller listens. */
    watch: <T>(c: Asked, owner: WorkloadOwner, look: Look<T>) =>
      looking(c, owner, { look, until: [] }),
  }
}

/** The offer is the same for all installations of a tenant. */
const nobody: WorkloadOwner = { install_id: 'none', node_id: 'none' }

function offerOf(backend: Backend, check: BackendOffer['check']): BackendOffer {
  const { logs, volumes, images, resourceLimits } = backend.capabilities
  return {
    capabilities: { logs, volumes, images, resource_limits: resourceLimits },
    start_limit_ms: backend.startLimitMs ?? USUAL_START_MS,
    check: { ok: check.ok, detail: check.detail },
  }
}

/** The part that a key is made of. */
const workloadIn = ({ owner, workspace_id, incarnation }: Workload): Workload => ({
  owner,
  workspace_id,
  incarnation,
})

function checkKey({ req }: Asked, verb: WorkloadVerb, workload: Workload) {
  const wanted = workloadKey(verb, workload)
  if (req.header('idempotency-key') === wanted) return
  throw new DomainError('invalid', `the Idempotency-Key is not the one of this ${verb}`, {
    hint: `It follows from the workload; here it is ${wanted}.`,
  })
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

const withoutSecret = (text: string, secret: string | undefined) =>
  secret === undefined ? text : text.replaceAll(secret, '[secret]')

const goingDown = { hint: 'The server is going down; it goes on with its next start.' }
const mendIt = { hint: 'Look at the backend of the server that was asked; then ask again.' }

const notServed = () =>
  new DomainError('not_found', 'this server offers no backend to others', {
    hint: 'Its operator can: MOLECULE_SERVE_BACKENDS names what to offer.',
  })

const tooMany = () =>
  new DomainError('rate_limited', 'too many calls are under way', {
    hint: 'Ask again in a moment.',
  })
