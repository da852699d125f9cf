import {
  type Backend,
  type BackendHandle,
  handleFor,
  type Observation,
  type WorkloadSpec,
} from '../backend.ts'
import { sharedStarts } from '../shared-starts.ts'
import { checkDocker } from './check.ts'
import {
  type Booted,
  type Container,
  createContainer,
  findContainer,
  hasBoot,
  type LimitsOf,
  putBoot,
} from './container.ts'
import { containersUsage } from './container-usage.ts'
import type { Engine } from './engine.ts'
import { type Images, imageFor, imagePuller } from './image.ts'
import { workloadsOf } from './list.ts'
import { linesOfFrames, textOfFrames } from './log-frames.ts'
import { containerName, volumeName, workspaceLabels } from './names.ts'
import { type PlaceOptions, placeOf } from './place.ts'
import { purgeWorkspace, removeContainer } from './remove.ts'
import { checkFolder } from './workspace-folder.ts'

export type DockerBackendOptions = PlaceOptions & {
  readonly images: Images
  readonly limitsOf: LimitsOf
  /** Number of the user that workloads run as: never root's. */
  readonly user: number
  /** Starts the agent host in the image; the folder of the incarnation is appended. */
  readonly hostCommand?: readonly string[]
  /** How long a workload may take to end by itself before it is killed. */
  readonly stopGraceMs?: number
}

const id = 'docker'
const hostProgram = ['/opt/molecule/host']
const defaultStopGraceMs = 5_000
const pullLimitMs = 15 * 60_000
const startLimitMs = 10 * 60_000

/** One agent host per workspace in a container of its own, on the Docker Engine of this machine. */
export function dockerBackend(options: DockerBackendOptions): Backend {
  const { engine, images, stopGraceMs = defaultStopGraceMs } = options
  const place = placeOf(options)
  const pull = imagePuller(engine, pullLimitMs)
  const starts = sharedStarts<Container>()

  const secrets = {
    'the socket of Docker': engine.socketPath,
    'the data folder of the server': options.dataDir,
  }

  const startOnce = async (given: WorkloadSpec, signal: AbortSignal) => {
    await checkFolder(given.workspaceDir, secrets)
    const { network, url = given.boot.url } = await place.open(signal)
    const spec = { ...given, boot: { ...given.boot, url } }
    const found = await findContainer(engine, spec, signal)
    if (found) return goOn(engine, found, { spec, user: options.user }, signal)
    const image = imageFor(images, spec.runtime)
    await pull(image, signal)
    await createVolume(engine, spec, signal)
    const { hostCommand = hostProgram, limitsOf, user } = options
    const limits = limitsOf(spec.tier)
    const wanted = { spec, image, network, limits, hostCommand, user }
    return goOn(engine, await createContainer(engine, wanted, signal), wanted, signal)
  }

  return {
    id,
    startLimitMs,
    prepareLimitMs: pullLimitMs,
    prepare: ({ runtime }, signal) => pull(imageFor(images, runtime), signal),
    capabilities: {
      localToNode: true,
      logs: true,
      volumes: true,
      images: true,
      resourceLimits: true,
    },
    async start(spec, signal) {
      signal.throwIfAborted()
      const { Image } = await starts(containerName(spec), () => startOnce(spec, signal))
      return { ...handleFor(id, spec), image: Image }
    },
    stop: (handle, signal) => removeContainer(engine, handle, { graceMs: stopGraceMs }, signal),
    async inspect(handle, signal): Promise<Observation> {
      try {
        const found = await findContainer(engine, handle, signal)
        if (!found?.State.Running) return 'absent'
        await place.reopen(signal).catch(() => {})
        return 'running'
      } catch {
        return 'unknown'
      }
    },
    async *list(owner, signal) {
      for (const ref of await workloadsOf(engine, owner, signal)) {
        const found = await findContainer(engine, ref, signal)
        if (!found?.State.Running) continue
        const handle = { ...handleFor(id, ref), image: found.Image }
        yield { handle, processIds: [found.State.Pid] }
      }
    },
    usage: (owner, signal) => containersUsage(engine, owner, signal),
    async *logs(handle, { tailLines, follow = false }, signal) {
      if (follow) return yield* followed(engine, handle, tailLines, signal)
      const found = await findContainer(engine, handle, signal)
      if (found) yield* await tailOf(engine, found, tailLines, signal)
    },
    purge: (handle, signal) => purgeWorkspace(engine, handle, signal),
    check: (signal) =>
      checkDocker(engine, [images.any, ...Object.values(images.byRuntime)], signal),
    close: place.close,
  }
}

/** Starts what was made and never started; gives what runs and has not enrolled a newer credential. */
async function goOn(engine: Engine, found: Container, boot: Booted, signal: AbortSignal) {
  if (found.State.Status === 'created') {
    await putBoot(engine, found, boot, signal)
    await engine.call({ method: 'POST', path: ['containers', found.Id, 'start'] }, signal)
  } else if (found.State.Running && (await hasBoot(engine, found, boot.spec, signal)))
    await putBoot(engine, found, boot, signal)
  return found
}

async function createVolume(engine: Engine, spec: WorkloadSpec, signal: AbortSignal) {
  const body = { Name: volumeName(spec), Labels: workspaceLabels(spec) }
  await engine.call({ method: 'POST', path: ['volumes', 'create'], body }, signal)
}

async function tailOf(engine: Engine, { Id }: Container, lines: number, signal: AbortSignal) {
  if (lines <= 0) return []
  const query = { stdout: 'true', stderr: 'true', tail: String(lines) }
  const path = ['containers', Id, 'logs']
  const text = textOfFrames(await engine.call({ method: 'GET', path, query }, signal))
  return text === '' ? [] : text.replace(/\n$/, '').split('\n').slice(-lines)
}

/** Ends with the container, or quietly when nobody listens any more. */
async function* followed(
  engine: Engine,
  handle: BackendHandle,
  lines: number,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const query = { stdout: 'true', stderr: 'true', follow: 'true', tail: String(lines) }
  try {
    const found = await findContainer(engine, handle, signal)
    if (!found) return
    const call = { method: 'GET', path: ['containers', found.Id, 'logs'], query } as const
    yield* linesOfFrames(engine.stream(call, signal))
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
