import { z } from 'zod'
import type { BackendHandle, WorkloadRef, WorkloadSpec } from '../backend.ts'
import { type Engine, isStatus } from './engine.ts'
import { containerName, isLabelled, volumeName, workloadLabels } from './names.ts'
import { tarOf } from './tar.ts'

/** How much of the machine the containers of a tier may use. */
export type Limits = { readonly memoryMb: number; readonly cpuShares: number }
export type LimitsOf = (tier: number) => Limits

/** Where the volume of a workspace is mounted. */
const home = '/workspace'
const runFolder = (incarnation: number) => `${home}/run/${incarnation}`

/** The image needs no such user; a number that is not root's is enough. */
const user = 1000
const maxProcesses = 512
const scratch = 'rw,noexec,nosuid,nodev,size=64m'
const sharesPerCpu = 1024

/** An incarnation runs once, whoever starts its container how often: only the first gets past the claim. */
const runOnce = `run=$1
shift
mkdir -p "$run" && (set -C && : >"$run/claim") 2>/dev/null || exit 0
exec "$@" "$run"`

const Container = z.object({
  Id: z.string(),
  Image: z.string(),
  State: z.object({ Status: z.string(), Running: z.boolean(), Pid: z.number() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()).nullable() }),
})
export type Container = z.infer<typeof Container>

/** The container of that very workload. One of the same name with other labels is none of ours, and never touched. */
export async function findContainer(
  engine: Engine,
  ref: WorkloadRef,
  signal: AbortSignal,
): Promise<Container | undefined> {
  const name = containerName(ref)
  try {
    const path = ['containers', name, 'json']
    const found = Container.parse(await engine.json({ method: 'GET', path }, signal))
    if (isLabelled(found.Config.Labels ?? {}, workloadLabels(ref))) return found
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw error
  }
  throw new Error(`container ${name} lacks the labels of this installation; it is left alone`)
}

export type Wanted = {
  readonly spec: WorkloadSpec
  readonly image: string
  readonly network: string
  readonly limits: Limits
  /** Starts the agent host in the image; the folder of the incarnation is appended. */
  readonly hostCommand: readonly string[]
}

/** Makes the container, unless somebody else has just done so. */
export async function createContainer(engine: Engine, wanted: Wanted, signal: AbortSignal) {
  const query = { name: containerName(wanted.spec) }
  const body = containerBody(wanted)
  try {
    await engine.call({ method: 'POST', path: ['containers', 'create'], query, body }, signal)
  } catch (error) {
    if (!isStatus(error, 409)) throw error
  }
}

function containerBody({ spec, image, network, limits, hostCommand }: Wanted) {
  const isSmallest = spec.tier <= 1
  return {
    Image: image,
    User: `${user}:${user}`,
    WorkingDir: home,
    Entrypoint: ['/bin/sh', '-c', runOnce, 'run-once', runFolder(spec.incarnation)],
    Cmd: hostCommand,
    Env: [`HOME=${home}`, `NODE_COMPILE_CACHE=${home}/.cache/compile`],
    Labels: workloadLabels(spec),
    HostConfig: {
      NetworkMode: network,
      Init: true,
      RestartPolicy: { Name: 'no' },
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      IpcMode: 'private',
      PidsLimit: maxProcesses,
      Memory: limits.memoryMb * 1024 * 1024,
      MemorySwap: limits.memoryMb * 1024 * 1024,
      NanoCpus: Math.round((limits.cpuShares / sharesPerCpu) * 1e9),
      ReadonlyRootfs: isSmallest,
      Tmpfs: isSmallest ? { '/tmp': scratch } : {},
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
      LogConfig: { Type: 'json-file', Config: { 'max-size': '5m', 'max-file': '2' } },
      Mounts: mountsOf(spec),
    },
  }
}

function mountsOf(spec: WorkloadSpec) {
  const volume = { Type: 'volume', Source: volumeName(spec), Target: home }
  const { workspaceDir: folder } = spec
  return folder === null ? [volume] : [volume, { Type: 'bind', Source: folder, Target: folder }]
}

/** What the agent host reads once: a file of its user alone, on the volume, put there before anything runs. */
export function bootArchive({ workspaceId, incarnation, boot }: WorkloadSpec): Buffer {
  const content = JSON.stringify({
    url: boot.url,
    credential: boot.credential,
    workspace_id: workspaceId,
    incarnation,
    home,
    cli: ['/opt/molecule/molecule'],
  })
  const owned = { owner: user, mode: 0o700 }
  return tarOf([
    { path: './', ...owned },
    { path: 'run/', ...owned },
    { path: `run/${incarnation}/`, ...owned },
    { path: `run/${incarnation}/boot.json`, owner: user, mode: 0o600, content },
  ])
}

export async function putBoot(
  engine: Engine,
  { Id }: Container,
  spec: WorkloadSpec,
  signal: AbortSignal,
) {
  const path = ['containers', Id, 'archive']
  const body = bootArchive(spec)
  await engine.call({ method: 'PUT', path, query: { path: home }, body }, signal)
}

/** True until the host has enrolled: then it has removed the file. */
export async function hasBoot(
  engine: Engine,
  { Id }: Container,
  { incarnation }: BackendHandle | WorkloadSpec,
  signal: AbortSignal,
) {
  const query = { path: `${runFolder(incarnation)}/boot.json` }
  try {
    await engine.call({ method: 'HEAD', path: ['containers', Id, 'archive'], query }, signal)
    return true
  } catch (error) {
    if (isStatus(error, 404)) return false
    throw error
  }
}
