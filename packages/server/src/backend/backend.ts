/** Name of a kind of place where workloads run: `process`, later `docker` and others. */
export type BackendId = string

/** What a backend offers beyond starting and stopping. Code asks for these, never for a name. */
export type BackendCapabilities = {
  /** Its workloads live on one machine: only the server with the owner's node id can see them. */
  readonly localToNode: boolean
  readonly logs: boolean
  readonly volumes: boolean
  readonly images: boolean
  readonly resourceLimits: boolean
}

/** Whose workload it is: one installation (one database), and the machine that started it. */
export type OwnerLabel = { readonly installId: string; readonly nodeId: string }

/** One physical start of one workspace. It is launched at most once; a fresh start is a new incarnation. */
export type WorkloadRef = {
  readonly workspaceId: string
  readonly incarnation: number
  readonly owner: OwnerLabel
}

export type WorkloadSpec = WorkloadRef & {
  readonly runtime: string
  /** 1 to 4: how much of a machine it may use, never which rights it has. */
  readonly tier: number
  /** A folder of the machine that it works in, instead of its own. */
  readonly workspaceDir: string | null
  /** Where the agent host dials to, and what it shows once. Delivered as a file, never in the environment. */
  readonly boot: { readonly url: string; readonly credential: string }
}

/** Stored as JSON. A handle that was written before `start` answered finds the same workload. */
export type BackendHandle = WorkloadRef & {
  readonly backend: BackendId
  /** Digest of the image that runs, where there are images; known once `start` has answered. */
  readonly image?: string
  /** Which backend of a control plane runs it; known once `start` has answered. */
  readonly within?: BackendId
}

export type Observation = 'running' | 'absent' | 'unknown'

export type RunningWorkload = { readonly handle: BackendHandle; readonly processIds: number[] }

/** What a workload has used so far, and holds now, with everything that it started. */
export type Usage = {
  /** Of processes that live, and of their children that have ended. */
  readonly cpuMs: number
  readonly memoryBytes: number
  readonly processes: number
}

/** In words for an operator. */
export type BackendCheck = { readonly ok: boolean; readonly detail: string }

export type LogOptions = {
  readonly tailLines: number
  /** Goes on with later lines until the workload is gone or the signal aborts. */
  readonly follow?: boolean
}

/** Every method is idempotent, and works the same after a restart of the server. */
export interface Backend {
  readonly id: BackendId
  readonly capabilities: BackendCapabilities
  /** How long one start may take. Without it the limit is one that downloads nothing. */
  readonly startLimitMs?: number
  /** How long `prepare` may take. */
  readonly prepareLimitMs?: number
  /** Fetches what a start needs and the backend may lack, such as an image. `start` does so too where nobody did before. */
  prepare?(spec: Pick<WorkloadSpec, 'runtime'>, signal: AbortSignal): Promise<void>
  /** Idempotent per (workspace, incarnation): a second start finds the first, even one that has ended. */
  start(spec: WorkloadSpec, signal: AbortSignal): Promise<BackendHandle>
  /** Resolves only when nothing of the workload is alive; throws `StopUnproven` when that cannot be shown. */
  stop(handle: BackendHandle, signal: AbortSignal): Promise<void>
  /** `unknown` when it could not be found out in time; what it left behind is the matter of `stop`. */
  inspect(handle: BackendHandle, signal: AbortSignal): Promise<Observation>
  /** Everything of this owner that is alive, for the orphan sweep. */
  list(owner: OwnerLabel, signal: AbortSignal): AsyncIterable<RunningWorkload>
  /** The newest lines, oldest first. */
  logs?(handle: BackendHandle, options: LogOptions, signal: AbortSignal): AsyncIterable<string>
  /** Of everything of this owner that is alive, in one look. */
  usage?(
    owner: OwnerLabel,
    signal: AbortSignal,
  ): AsyncIterable<{ readonly handle: BackendHandle; readonly usage: Usage }>
  /** Whether a program of this name is found where its workloads run. */
  hasProgram?(name: string): Promise<boolean>
  /** Removes what the workspace stored here, over all its incarnations. Only after a proven stop. */
  purge?(handle: BackendHandle, signal: AbortSignal): Promise<void>
  /** Whether it could start something now. */
  check?(signal: AbortSignal): Promise<BackendCheck>
  /** Lets go of what this process holds of it. Workloads go on. */
  close?(): Promise<void>
}

export class StopUnproven extends Error {
  override readonly name = 'StopUnproven'
}

export function handleFor(backend: BackendId, ref: WorkloadRef): BackendHandle {
  const { workspaceId, incarnation, owner } = ref
  return { backend, workspaceId, incarnation, owner }
}
