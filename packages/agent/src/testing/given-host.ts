import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Enrolment } from '@molecule/contract/host'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import { expect, onTestFinished } from 'vitest'
import { endProcesses } from '../adapter/end-processes.ts'
import { type Clock, systemClock } from '../clock.ts'
import { hostEnv } from '../env.ts'
import { runHost } from '../host.ts'
import { type FakeServer, fakeServer } from './fake-server.ts'

export type Script = string

/** A folder and a server for hosts that run `script` with `sh` for each task. */
export async function givenPlace(script: Script, overrides: Partial<Enrolment> = {}) {
  const runtime_config = { command: 'sh', args: ['-c', script] }
  const server = await fakeServer({ runtime_config, ...overrides })
  const home = await mkdtemp(join(tmpdir(), 'agent-host-'))
  onTestFinished(async () => {
    await server.close()
    await endProcesses({
      marks: [`WORKSPACE_ID=${server.workspaceId}`],
      leader: () => undefined,
      graceMs: 0,
    })
    await rm(home, { recursive: true, force: true })
  })
  return { server, home }
}

export type Place = Awaited<ReturnType<typeof givenPlace>>

async function writeBoot({ server, home }: Place, incarnation = 1, more: object = {}) {
  const hostDir = join(home, 'run', String(incarnation))
  await mkdir(hostDir, { recursive: true })
  const boot = {
    url: server.url,
    credential: 'boot-1',
    workspace_id: server.workspaceId,
    incarnation,
    home,
    ...more,
  }
  await writeFile(join(hostDir, 'boot.json'), JSON.stringify(boot), { mode: 0o600 })
  return hostDir
}

/** A host in this process. */
export async function startHost(
  place: Place,
  { clock = systemClock, more = {} }: { clock?: Clock; more?: object } = {},
) {
  const hostDir = await writeBoot(place, 1, more)
  const lines: string[] = []
  const stop = new AbortController()
  const ended = runHost(
    {
      hostDir,
      env: hostEnv({ ...process.env, MOLECULE_RUN: 'install/workspace/1' }),
      clock,
      log: (level, message, fields) => lines.push(JSON.stringify({ level, message, fields })),
      random: () => 0,
      fetch: nodeFetch(),
      pid: process.pid,
      version: '0.0.0',
    },
    stop.signal,
  )
  ended.catch(() => {})
  onTestFinished(async () => {
    stop.abort()
    await ended.catch(() => {})
  })
  return { hostDir, ended, lines, stop: () => stop.abort() }
}

/** A host in a process of its own, to be killed. */
export async function spawnHost(place: Place, incarnation = 1) {
  const hostDir = await writeBoot(place, incarnation)
  const main = join(import.meta.dirname, '..', 'main.ts')
  const child = spawn(process.execPath, [main, hostDir], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, MOLECULE_RUN: `install/workspace/${incarnation}` },
  })
  const exited = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return {
    hostDir,
    exited,
    pid: child.pid,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    terminate: () => child.kill('SIGTERM'),
  }
}

const patienceMs = 10_000

/** Waits for what others do; fails loudly when they do not. */
export async function until(holds: () => boolean | Promise<boolean>) {
  const giveUpAt = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > giveUpAt) expect.fail(`did not hold within ${patienceMs} ms`)
    await sleep(10)
  }
}

export async function endOf(task: ReturnType<FakeServer['give']>) {
  await until(() => task.end !== undefined)
  return task.end ?? expect.fail('no end')
}

/** The pids a script noted in its working folder that are still alive. */
export async function alivePids({ home }: Place, file = 'pids') {
  const noted = await readFile(join(home, 'work', file), 'utf8').catch(() => '')
  const alive: number[] = []
  for (const pid of noted.split('\n').filter(Boolean)) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
    if (!stat.slice(stat.lastIndexOf(')')).startsWith(') Z')) alive.push(Number(pid))
  }
  return alive
}
