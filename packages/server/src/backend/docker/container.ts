import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { WorkloadRef, WorkloadSpec } from '../backend.ts'
import { type Engine, isStatus } from './engine.ts'
import { containerName, isLabelled, volumeName, workloadLabels } from './names.ts'
import { tarOf } from './tar.ts'

/** How much of the machine the containers of a tier may use. */
export type Limits = { readonly memoryMb: number; readonly cpuShares: number }
export type LimitsOf = (tier: number) => Limits

/** Where the volume of a workspace is mounted. Its top belongs to root; the workspace has the folder in it. */
const volume = '/workspace'
const home = `${volume}/home`
const runFolder = (incarnation: number) => `${home}/run/${incarnation}`

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

/** Whose file the boot credential is, and what is in it. */
export type Booted = {
  readonly spec: WorkloadSpec
  /** Number of the user that everything in the container runs as; the image need not know it. */
  readonly user: number
}

export type Wanted = Booted & {
  readonly image: string
  readonly network: string
  readonly limits: Limits
  /** Starts the agent host in the image; the folder of the incarnation is appended. */
  readonly hostCommand: readonly string[]
}

const createForMs = 10_000
const pollMs = 50

/** Makes the container, or finds the one that somebody else has just made. */
export async function createContainer(
  engine: Engine,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<Container> {
  const query = { name: containerName(wanted.spec) }
  const body = containerBody(wanted)
  const giveUpAt = performance.now() + createForMs
  while (performance.now() < giveUpAt) {
    const call = { method: 'POST', path: ['containers', 'create'], query, body } as const
    await engine.call(call, signal).catch((error) => {
      if (!isStatus(error, 409)) throw error
    })
    const found = await findContainer(engine, wanted.spec, signal)
    if (found) return found
    // The name is taken by one that is still being made, or being given up: a call that was aborted goes on for a moment.
    await sleep(pollMs, undefined, { signal })
  }
  throw new Error(`container ${query.name} is neither there nor can it be made`)
}

function containerBody({ spec, image, network, limits, hostCommand, user }: Wanted) {
  const isSmallest = spec.tier <= 1
  return {
    Image: image,
    User: `${user}:${user}`,
    WorkingDir: volume,
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
  const own = { Type: 'volume', Source: volumeName(spec), Target: volume }
  const { workspaceDir: folder } = spec
  return folder === null ? [own] : [own, { Type: 'bind', Source: folder, Target: folder }]
}

/** What the agent host reads once: a file of its user alone, on the volume, put there before anything runs. */
function bootArchive({ spec, user }: Booted): Buffer {
  const { workspaceId, incarnation, boot } = spec
  const content = JSON.stringify({
    url: boot.url,
    credential: boot.credential,
    workspace_id: workspaceId,
    incarnation,
    home,
    cli: ['/opt/molecule/molecule'],
  })
  const owned = { owner: user, mode: 0o700 }
  const run = `home/run/${incarnation}`
  return tarOf([
    ...['home/', 'home/run/', `${run}/`].map((path) => ({ path, ...owned })),
    { path: `${run}/boot.json`, owner: user, mode: 0o600, content },
  ])
}

export async function putBoot(
  engine: Engine,
  { Id }: Container,
  booted: Booted,
  signal: AbortSignal,
) {
  const path = ['containers', Id, 'archive']
  const body = bootArchive(booted)
  await engine.call({ method: 'PUT', path, query: { path: volume }, body }, signal)
}

/** True until the host has enrolled: then it has removed the file. */
export async function hasBoot(
  engine: Engine,
  { Id }: Container,
  { incarnation }: WorkloadRef,
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
