import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isInPath } from '../../lib/is-in-path.ts'
import {
  type Backend,
  type BackendHandle,
  handleFor,
  type Observation,
  type OwnerLabel,
  StopUnproven,
  type WorkloadRef,
  type WorkloadSpec,
} from '../backend.ts'
import { sharedStarts } from '../shared-starts.ts'
import { endWorkload } from './end-workload.ts'
import { type RunFolder, runFolder, workspaceFolder } from './folders.ts'
import { exists, type Launch, launch, renewBoot, workloadEnv } from './launch.ts'
import { followLog } from './log-follow.ts'
import { tailOf } from './log-tail.ts'
import { refOf, runMarker } from './marker.ts'
import { usageOfAll } from './process-usage.ts'
import { isHostAlive, readRecord } from './record.ts'
import type { Sandbox } from './sandbox.ts'
import { markerScan, type Scan } from './scan.ts'

export type ProcessBackendOptions = {
  /** Absolute. Workspaces live below it in `workspaces/<id>/`. */
  readonly dataDir: string
  /** Starts the agent host; the folder that holds its `boot.json` is appended. */
  readonly hostCommand: readonly [program: string, ...args: string[]]
  /** Starts the CLI, so that the programs of an agent find a `molecule` command. */
  readonly cliCommand?: readonly [program: string, ...args: string[]]
  /** The server of this machine notes its address there, so that agents find it again at another one. Agents may read all of its folder. */
  readonly serverFile?: string
  /** Keeps workloads apart from the machine; without it they may do what the server's user may. */
  readonly sandbox?: Sandbox
  /** Why there is none, in words for an operator. */
  readonly noSandbox?: string
  /** The server's own environment; only a fixed list of harmless names is handed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: `<dataDir>/cache`. */
  readonly compileCacheDir?: string
  /** How long a workload may take to end by itself before it is killed. */
  readonly stopGraceMs?: number
}

const id = 'process'
const defaultStopGraceMs = 5_000

/** One agent host per workspace as a process of this machine, which outlives the server. */
export function processBackend(options: ProcessBackendOptions): Backend {
  const { dataDir, stopGraceMs = defaultStopGraceMs } = options
  const scan = markerScan()
  const starts = sharedStarts<void>()
  const compileCacheDir = options.compileCacheDir ?? join(dataDir, 'cache')
  const env = workloadEnv(options.env, compileCacheDir)
  const sandboxFor = (spec: WorkloadSpec, { workspace }: RunFolder) => {
    const { sandbox, serverFile } = options
    if (!sandbox) return []
    const { workspaceDir } = spec
    const readable = [compileCacheDir, ...(serverFile ? [dirname(serverFile)] : [])]
    return ['--sandboxed', ...sandbox.command({ workspace, workspaceDir, dataDir, readable })]
  }

  return {
    id,
    capabilities: {
      localToNode: true,
      logs: true,
      volumes: true,
      images: false,
      resourceLimits: false,
    },
    async start(spec, signal) {
      signal.throwIfAborted()
      const { hostCommand, cliCommand, serverFile } = options
      const folder = runFolder(dataDir, spec)
      await starts(runMarker(spec), () =>
        startOnce(
          {
            ...{ spec, folder, hostCommand, cliCommand, serverFile, env },
            sandbox: sandboxFor(spec, folder),
          },
          scan,
        ),
      )
      return handleFor(id, spec)
    },
    async stop(handle, signal) {
      const record = await readRecord(runFolder(dataDir, handle))
      const host = record && (await isHostAlive(record)) ? record : undefined
      await endWorkload({ run: runMarker(handle), host, scan, graceMs: stopGraceMs }, signal)
    },
    inspect: (handle, signal) => inspect(handle, dataDir, scan, signal),
    async *list(owner, signal) {
      yield* workloadsOf(owner, await untilAborted(scan(), signal))
    },
    async *usage(owner, signal) {
      for (const { handle, processIds } of workloadsOf(owner, await untilAborted(scan(), signal)))
        yield { handle, usage: await usageOfAll(processIds) }
    },
    hasProgram: (name) => isInPath(name, env.PATH ?? ''),
    async *logs(handle, { tailLines, follow = false }, signal) {
      const folder = runFolder(dataDir, handle)
      if (!follow) return yield* await tailOf(folder, tailLines)
      const isOver = async () => (await inspect(handle, dataDir, scan, signal)) === 'absent'
      yield* followLog(folder, { tailLines, isOver }, signal)
    },
    async purge(handle) {
      const alive = (await scan()).some((found) => isOfWorkspace(found.run, handle))
      if (alive) throw new StopUnproven(`workspace ${handle.workspaceId} still has processes`)
      await rm(workspaceFolder(dataDir, handle.workspaceId), { recursive: true, force: true })
    },
    async check() {
      const { sandbox, noSandbox = 'it is switched off' } = options
      return {
        ok: true,
        detail: sandbox
          ? 'agents run in a sandbox of bubblewrap'
          : `agents run without a sandbox: ${noSandbox}`,
      }
    },
  }
}

/** The launcher's claim decides: at most one launcher per incarnation gets past it, whoever started it. */
async function startOnce(wanted: Launch, scan: Scan) {
  const run = runMarker(wanted.spec)
  const isLaunched =
    (await exists(wanted.folder.claim)) || (await scan()).some((found) => found.run === run)
  await (isLaunched ? renewBoot(wanted) : launch(wanted))
}

async function inspect(
  handle: BackendHandle,
  dataDir: string,
  scan: Scan,
  signal: AbortSignal,
): Promise<Observation> {
  try {
    signal.throwIfAborted()
    const record = await readRecord(runFolder(dataDir, handle))
    if (record) return (await isHostAlive(record)) ? 'running' : 'absent'
    // No record: the launcher has not written it yet, or the folder is lost.
    const run = runMarker(handle)
    const found = (await untilAborted(scan(), signal)).some((one) => one.run === run)
    return found ? 'running' : 'absent'
  } catch {
    return 'unknown'
  }
}

function* workloadsOf(owner: OwnerLabel, found: Awaited<ReturnType<Scan>>) {
  const ours = found.filter(({ run, node }) => node === owner.nodeId && refOf(run, owner))
  for (const [run, processes] of Map.groupBy(ours, (one) => one.run)) {
    const ref = refOf(run, owner)
    if (ref) yield { handle: handleFor(id, ref), processIds: processes.map(({ pid }) => pid) }
  }
}

const isOfWorkspace = (run: string, { owner, workspaceId }: WorkloadRef) =>
  refOf(run, owner)?.workspaceId === workspaceId

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
