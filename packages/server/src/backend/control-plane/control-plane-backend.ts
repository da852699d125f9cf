import {
  BackendOffer,
  InspectedWorkload,
  type PlacedWorkload,
  PurgedWorkload,
  type ReadWorkloadLogs,
  StartedWorkload,
  type StartWorkload,
  StoppedWorkload,
  type Workload,
  WorkloadPage,
  workloadKey,
} from '@molecule/contract/backend-host'
import { type Clock, systemClock } from '../../lib/clock.ts'
import type { Secret } from '../../lib/secret.ts'
import {
  type Backend,
  type BackendHandle,
  handleFor,
  type OwnerLabel,
  StopUnproven,
  type WorkloadRef,
} from '../backend.ts'
import { type Calls, callsTo } from './calls.ts'

export type ControlPlaneOptions = {
  /** Where the server that offers its backends listens; without a slash at its end. */
  readonly url: string
  readonly token: Secret
  readonly clock?: Clock
  /** How long one call may take, all tries together. */
  readonly limitsMs?: Partial<typeof usualLimitsMs>
}

const id = 'control-plane'
const base = '/backend/v1'
const usualLimitsMs = { look: 2_000, stop: 20_000, list: 30_000, logs: 10_000 }
/** Until the control plane has said how long a start may take there. */
const usualStartLimitMs = 11 * 60_000
const startSlackMs = 5_000
const offerLastsMs = 5 * 60_000
const maxPages = 1_000

/** Workloads on the backends of another server, over HTTP. Silence is never taken for an answer. */
export function controlPlaneBackend(options: ControlPlaneOptions): Backend {
  const { url, token, clock = systemClock } = options
  const limits = { ...usualLimitsMs, ...options.limitsMs }
  const calls = callsTo({ url, token, clock })
  const offer = offerOf(calls, clock, limits.look)

  return {
    id,
    get capabilities() {
      return offer.capabilities()
    },
    get startLimitMs() {
      return offer.startLimitMs()
    },
    async start(spec, signal) {
      signal.throwIfAborted()
      if (spec.workspaceDir !== null) throw noFolder(spec.workspaceDir)
      await offer.renew(signal)
      const { runtime, tier, boot } = spec
      const { url: dialled, credential } = boot
      const workload = workloadOf(spec)
      const body = { ...workload, runtime, tier, boot: { url: dialled, credential } }
      const key = workloadKey('start', workload)
      const call = { path: `${base}/start`, key, limitMs: offer.startLimitMs() }
      const { backend: within, image } = await calls.json(
        StartedWorkload,
        { ...call, body: body satisfies StartWorkload },
        signal,
      )
      return { ...handleFor(id, spec), within, ...(image === undefined ? {} : { image }) }
    },
    async stop(handle, signal) {
      const key = workloadKey('stop', workloadOf(handle))
      const call = { path: `${base}/stop`, key, body: placedOf(handle), limitMs: limits.stop }
      await calls.json(StoppedWorkload, call, signal).catch(unproven('the stop', signal))
    },
    async inspect(handle, signal) {
      const call = { path: `${base}/inspect`, body: placedOf(handle), limitMs: limits.look }
      try {
        signal.throwIfAborted()
        return (await calls.json(InspectedWorkload, call, signal)).state
      } catch {
        return 'unknown'
      }
    },
    list: (owner, signal) => listed(calls, owner, limits.list, signal),
    async *logs(handle, { tailLines, follow = false }, signal) {
      const body: ReadWorkloadLogs = { ...placedOf(handle), tail_lines: tailLines, follow }
      const limitMs = follow ? Number.POSITIVE_INFINITY : limits.logs
      try {
        yield* calls.lines({ path: `${base}/logs`, body, limitMs }, signal)
      } catch (error) {
        if (!(follow && signal.aborted)) throw error
      }
    },
    async purge(handle, signal) {
      const body = workloadOf(handle)
      const key = workloadKey('purge', body)
      const call = { path: `${base}/purge`, key, body, limitMs: limits.stop }
      await calls.json(PurgedWorkload, call, signal).catch(unproven('the removal', signal))
    },
    async check(signal) {
      try {
        const { check } = await offer.fetch(signal)
        return { ok: check.ok, detail: `${url} answers and offers ${check.detail}` }
      } catch (error) {
        return { ok: false, detail: error instanceof Error ? error.message : String(error) }
      }
    },
    async close() {
      calls.close()
    },
  }
}

/** Until it has said: its logs and its stores are asked for, and nothing else is relied on. */
const unheard = { logs: true, volumes: true, images: false, resource_limits: false }

/** What the control plane can do, as it last said. */
function offerOf(calls: Calls, clock: Clock, limitMs: number) {
  let known: { offer: BackendOffer; at: number } | undefined
  const fetch = async (signal: AbortSignal) => {
    const offer = await calls.json(BackendOffer, { path: `${base}/offer`, limitMs }, signal)
    known = { offer, at: clock.now() }
    return offer
  }
  return {
    fetch,
    /** An old answer is better than none: whether a start works, the start itself will say. */
    async renew(signal: AbortSignal) {
      if (known && clock.now() - known.at < offerLastsMs) return
      await fetch(signal).catch((error: unknown) => {
        signal.throwIfAborted()
        if (!known) throw error
      })
    },
    capabilities() {
      const { logs, volumes, images, resource_limits } = known?.offer.capabilities ?? unheard
      return { localToNode: false, logs, volumes, images, resourceLimits: resource_limits }
    },
    startLimitMs: () =>
      known === undefined ? usualStartLimitMs : known.offer.start_limit_ms + startSlackMs,
  }
}

/** All pages or an error: a list that lacks something would let it be taken for gone. */
async function* listed(calls: Calls, owner: OwnerLabel, limitMs: number, signal: AbortSignal) {
  const call = { path: `${base}/list`, limitMs }
  let after: string | null = ''
  for (let page = 0; page < maxPages && after !== null; page++) {
    const from: { after?: string } = after === '' ? {} : { after }
    const body = { owner: wireOwner(owner), ...from }
    const found: WorkloadPage = await calls.json(WorkloadPage, { ...call, body }, signal)
    for (const {
      workspace_id: workspaceId,
      incarnation,
      backend: within,
      image,
    } of found.workloads) {
      const handle = handleFor(id, { workspaceId, incarnation, owner })
      yield { handle: { ...handle, within, ...(image ? { image } : {}) }, processIds: [] }
    }
    after = found.next
  }
  if (after !== null) throw new Error(`the list has more than ${maxPages} pages`)
}

const wireOwner = ({ installId, nodeId }: OwnerLabel) => ({
  install_id: installId,
  node_id: nodeId,
})

const workloadOf = ({ owner, workspaceId, incarnation }: WorkloadRef): Workload => ({
  owner: wireOwner(owner),
  workspace_id: workspaceId,
  incarnation,
})

function placedOf(handle: BackendHandle): PlacedWorkload {
  const { within: backend } = handle
  return { ...workloadOf(handle), ...(backend === undefined ? {} : { backend }) }
}

/** Whatever went wrong, nobody has shown that it is gone. */
const unproven = (what: string, signal: AbortSignal) => (error: unknown) => {
  signal.throwIfAborted()
  const detail = error instanceof Error ? error.message : String(error)
  throw new StopUnproven(`${what} is not proven: ${detail}`)
}

const noFolder = (folder: string) =>
  new Error(
    `workspace_dir ${folder} is a folder of this machine, and the control plane starts agents on another. Leave it out.`,
  )
