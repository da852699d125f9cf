import {
  type Backend,
  type BackendHandle,
  handleFor,
  type Observation,
  StopUnproven,
  type Usage,
  type WorkloadRef,
} from '../backend/backend.ts'

export type MemoryBackend = Backend & {
  /** Incarnations begun of a workspace, in order. */
  started: (workspaceId: string) => number[]
  /** Incarnations of a workspace that run now. */
  running: (workspaceId: string) => number[]
  /** Its workload ends by itself. */
  crash: (workspaceId: string) => void
  /** Workspaces whose stored things were removed. */
  purged: string[]
  /** Runs a workload that no row speaks of. */
  plant: (ref: WorkloadRef) => void
  /** The workspace whose starts do not answer. */
  hangs: string | undefined
  /** What each of its workloads uses, or why that cannot be told. */
  uses: Usage | string | undefined
  /** Runtimes that something was fetched for. */
  prepared: string[]
  fail: {
    prepare?: string
    start?: string
    stop?: string
    inspect?: boolean
    purge?: string
    list?: string
  }
}

const keyOf = ({ workspaceId, incarnation }: WorkloadRef) => `${workspaceId}/${incarnation}`

/** A backend whose workloads are entries of a map, and whose faults a test can switch on. */
export function memoryBackend({ fetches = false } = {}): MemoryBackend {
  const alive = new Map<string, BackendHandle>()
  const begun = new Set<string>()
  const incarnationsOf = (keys: Iterable<string>, workspaceId: string) =>
    [...keys].filter((key) => key.startsWith(workspaceId)).map((key) => Number(key.split('/')[1]))
  const prepare = async ({ runtime }: { runtime: string }, signal: AbortSignal) => {
    if (backend.fail.prepare === 'hangs') await once(signal)
    if (backend.fail.prepare) throw new Error(backend.fail.prepare)
    backend.prepared.push(runtime)
  }
  const backend: MemoryBackend = {
    id: 'process',
    capabilities: {
      localToNode: true,
      logs: true,
      volumes: false,
      images: false,
      resourceLimits: false,
    },
    fail: {},
    prepared: [],
    uses: undefined,
    hangs: undefined,
    purged: [],
    plant: (ref) => void alive.set(keyOf(ref), handleFor('process', ref)),
    started: (workspaceId) => incarnationsOf(begun, workspaceId),
    running: (workspaceId) => incarnationsOf(alive.keys(), workspaceId),
    crash(workspaceId) {
      for (const key of [...alive.keys()]) if (key.startsWith(workspaceId)) alive.delete(key)
    },
    ...(fetches ? { prepare } : {}),
    async start(spec, signal) {
      if (spec.workspaceId === backend.hangs) await once(signal)
      if (backend.fail.start) throw new Error(backend.fail.start)
      const handle = handleFor('process', spec)
      if (!begun.has(keyOf(spec))) alive.set(keyOf(spec), handle)
      begun.add(keyOf(spec))
      return handle
    },
    async stop(handle) {
      if (backend.fail.stop) throw new StopUnproven(backend.fail.stop)
      alive.delete(keyOf(handle))
    },
    async inspect(handle): Promise<Observation> {
      if (backend.fail.inspect) return 'unknown'
      return alive.has(keyOf(handle)) ? 'running' : 'absent'
    },
    async purge({ workspaceId }) {
      if (backend.fail.purge) throw new Error(backend.fail.purge)
      if (incarnationsOf(alive.keys(), workspaceId).length > 0) throw new StopUnproven('it runs')
      backend.purged.push(workspaceId)
    },
    async *list() {
      if (backend.fail.list) throw new Error(backend.fail.list)
      for (const handle of alive.values()) yield { handle, processIds: [] }
    },
    async *usage() {
      const { uses } = backend
      if (typeof uses === 'string') throw new Error(uses)
      if (uses) for (const handle of alive.values()) yield { handle, usage: uses }
    },
    async *logs() {
      yield 'the last line'
    },
  }
  return backend
}

const once = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
  )
