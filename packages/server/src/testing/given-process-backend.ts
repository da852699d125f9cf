import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { BackendHandle, WorkloadSpec } from '../backend/backend.ts'
import type { Subject } from '../backend/conformance.ts'
import { runFolder } from '../backend/process/folders.ts'
import { type ProcessBackendOptions, processBackend } from '../backend/process/process-backend.ts'
import { processesInside } from './inside-pids.ts'

const never = new AbortController().signal
const shell = (script: string) => ['/bin/sh', '-c', script, 'host'] as const

/** Its workloads run a shell script, of which `$1` is the folder of the incarnation. */
export async function givenProcessBackend(
  script: string,
  options: Partial<ProcessBackendOptions> = {},
) {
  const dataDir = await mkdtemp(join(tmpdir(), 'process-backend-'))
  const owner = { installId: randomUUID(), nodeId: 'node-1' }
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' }
  const hostCommand = shell(script)
  const anew = () => processBackend({ dataDir, hostCommand, env, stopGraceMs: 300, ...options })
  const backend = anew()
  onTestFinished(async () => {
    for await (const { handle } of backend.list(owner, never)) await backend.stop(handle, never)
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
  const endsWithHost = options.sandbox !== undefined
  const aliveCount = async (handle: BackendHandle) => {
    const { run } = runFolder(dataDir, handle)
    const noted = (await readFile(join(run, 'pids'), 'utf8').catch(() => '')).split('\n')
    const pids = noted.filter(Boolean).map(Number)
    if (!endsWithHost) return (await Promise.all(pids.map(lives))).filter(Boolean).length
    const marker = `${handle.workspaceId}/${handle.incarnation}\0`
    const inside = (await processesInside()).filter((each) => each.environment.includes(marker))
    return inside.filter(({ pidInside }) => pids.includes(pidInside)).length
  }
  const isStored = async (handle: BackendHandle) => existsSync(runFolder(dataDir, handle).workspace)
  return {
    ...{ backend, anew, owner, spec, aliveCount, isStored, endsWithHost },
    dataDir,
  } satisfies Subject & { dataDir: string }
}

const lives = async (pid: number) => {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
  return !status.slice(status.lastIndexOf(')')).startsWith(') Z')
}
