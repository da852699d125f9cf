import {
  type Backend,
  type BackendHandle,
  handleFor,
  type Observation,
  StopUnproven,
  type WorkloadRef,
} from '../backend.ts'
import { startsUnderWay } from './starts-under-way.ts'

const id = 'served'
const usualStartLimitMs = 30_000

/**
 * Several backends as one, for other servers: new starts take the first, the rest is still found and stopped.
 * A handle says in `within` which of them runs it; one without, whose start was never recorded, is looked for in all.
 */
export function servedBackend(first: Backend, ...others: readonly Backend[]): Backend {
  const all = [first, ...others]
  const starts = startsUnderWay()
  const placesOf = ({ within }: BackendHandle) =>
    within === undefined ? all : all.filter((each) => each.id === within)

  return {
    id,
    capabilities: { ...first.capabilities, localToNode: false, logs: all.some(({ logs }) => logs) },
    startLimitMs: Math.max(...all.map(({ startLimitMs = usualStartLimitMs }) => startLimitMs)),
    start: (spec, signal) =>
      starts.start(keyOf(spec), signal, async (live) => {
        const place = await placeFor(spec, first, others, live)
        live.throwIfAborted()
        return within(place, await place.start(spec, live))
      }),
    async stop(handle, signal) {
      const places = placesOf(handle)
      if (places.length === 0) throw notOffered(handle)
      await starts.stop(keyOf(handle), signal, async () => {
        for (const place of places) await place.stop(at(place, handle), signal)
      })
    },
    async inspect(handle, signal) {
      const places = placesOf(handle)
      return combined(
        await Promise.all(places.map((place) => place.inspect(at(place, handle), signal))),
      )
    },
    async *list(owner, signal) {
      for (const place of all)
        for await (const { handle, processIds } of place.list(owner, signal))
          yield { handle: within(place, handle), processIds }
    },
    async *logs(handle, options, signal) {
      for (const place of placesOf(handle)) {
        let isFound = false
        for await (const line of place.logs?.(at(place, handle), options, signal) ?? []) {
          isFound = true
          yield line
        }
        if (isFound) return
      }
    },
    async purge(handle, signal) {
      for (const place of all) await place.purge?.(at(place, handle), signal)
    },
    async check(signal) {
      const checks = await Promise.all(
        all.map(async ({ id: name, check }) => {
          const { ok, detail } = (await check?.(signal)) ?? { ok: true, detail: 'ready' }
          return { ok, detail: `${name}: ${detail}` }
        }),
      )
      const detail = checks.map((each) => each.detail).join('; ')
      return { ok: checks.every(({ ok }) => ok), detail }
    },
    async close() {
      await Promise.all(all.map((each) => each.close?.()))
    },
  }
}

/** Where it runs already, else the first. One that cannot be asked may run it: then nothing is started. */
async function placeFor(
  ref: WorkloadRef,
  first: Backend,
  others: readonly Backend[],
  signal: AbortSignal,
): Promise<Backend> {
  for (const other of others) {
    const observed = await other.inspect(handleFor(other.id, ref), signal)
    if (observed === 'running') return other
    if (observed === 'unknown')
      throw new Error(`the backend ${other.id} does not say whether it runs this workload already`)
  }
  return first
}

/** `absent` only when each of them says so; nobody to ask is no answer. */
function combined(observed: readonly Observation[]): Observation {
  if (observed.includes('running')) return 'running'
  const isAbsent = observed.length > 0 && observed.every((each) => each === 'absent')
  return isAbsent ? 'absent' : 'unknown'
}

const keyOf = ({ owner, workspaceId, incarnation }: WorkloadRef) =>
  `${owner.installId}/${workspaceId}/${incarnation}`

const at = (place: Backend, { within: _, ...handle }: BackendHandle): BackendHandle => ({
  ...handle,
  backend: place.id,
})

const within = (place: Backend, handle: BackendHandle): BackendHandle => ({
  ...handle,
  backend: id,
  within: place.id,
})

const notOffered = ({ within: place }: BackendHandle) =>
  new StopUnproven(`the backend ${place} is not offered any more, so nobody can say what it runs`)
