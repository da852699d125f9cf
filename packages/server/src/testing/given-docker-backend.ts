import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'
import type { Backend, BackendHandle, WorkloadSpec } from '../backend/backend.ts'
import type { Subject } from '../backend/conformance.ts'
import { type DockerBackendOptions, dockerBackend } from '../backend/docker/docker-backend.ts'
import { containerName, networkName, volumeName } from '../backend/docker/names.ts'
import { startDocker, type TestDocker, testImage } from './docker.ts'
import { processesInside } from './inside-pids.ts'

const never = new AbortController().signal
const limits = { memoryMb: 256, cpuShares: 1024 }
let own: Promise<TestDocker> | undefined

afterAll(async () => {
  await (await own)?.stop()
})

/** One engine for a file of tests. */
function testDocker(): Promise<TestDocker> {
  own ??= startDocker()
  return own
}

/** Its workloads run a shell script, of which `$1` is the folder of the incarnation. */
export async function givenDockerBackend(
  script: string,
  options: Partial<DockerBackendOptions> = {},
) {
  const { engine, dataRoot } = await testDocker()
  const dataDir = await mkdtemp(join(tmpdir(), 'docker-backend-'))
  const owner = { installId: randomUUID(), nodeId: 'node-1' }
  const all: Backend[] = []
  const make = (more: Partial<DockerBackendOptions>) => {
    const backend = dockerBackend({
      user: 1000,
      ...{ engine, owner, dataDir, network: undefined, isReachable: false },
      images: { any: testImage, byRuntime: {} },
      limitsOf: () => limits,
      serverUrl: () => 'http://127.0.0.1:1',
      hostCommand: ['/bin/sh', '-c', script, 'host'],
      stopGraceMs: 300,
      ...more,
    })
    all.push(backend)
    return backend
  }
  const anew = () => make(options)
  const backend = anew()
  onTestFinished(async () => {
    const janitor = make({ engine })
    for await (const { handle } of janitor.list(owner, never)) await janitor.stop(handle, never)
    await Promise.all(all.map((each) => each.close?.()))
    // An engine has addresses for some thirty networks.
    const path = ['networks', networkName(owner)]
    await engine.call({ method: 'DELETE', path }, never).catch(() => {})
    await rm(dataDir, { recursive: true, force: true })
  })
  const spec = (): WorkloadSpec => ({
    workspaceId: randomUUID(),
    incarnation: 1,
    owner,
    runtime: 'command',
    tier: 1,
    workspaceDir: null,
    boot: { url: 'http://127.0.0.1:1', credential: 'boot-secret' },
  })
  /** What the workspace has on its volume. */
  const homeOf = (handle: BackendHandle) =>
    join(dataRoot, 'volumes', volumeName(handle), '_data/home')
  const containerId = async (handle: BackendHandle) => {
    const path = ['containers', containerName(handle), 'json']
    const found = await engine.json({ method: 'GET', path }, never).catch(() => undefined)
    return (found as { Id: string } | undefined)?.Id
  }
  const aliveCount = async (handle: BackendHandle) => {
    const id = await containerId(handle)
    const file = join(homeOf(handle), 'run', String(handle.incarnation), 'pids')
    const noted = (await readFile(file, 'utf8').catch(() => '')).split('\n')
    const pids = noted.filter(Boolean).map(Number)
    const inside = (await processesInside()).filter(({ cgroups }) => id && cgroups.includes(id))
    return inside.filter(({ pidInside }) => pids.includes(pidInside)).length
  }
  const isStored = async (handle: BackendHandle) => existsSync(homeOf(handle))
  return {
    ...{ backend, anew, owner, spec, aliveCount, isStored, endsWithHost: true },
    ...{ engine, homeOf, dataDir },
  } satisfies Subject & Record<string, unknown>
}
