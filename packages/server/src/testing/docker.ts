import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { buildImage } from '../../../../scripts/image/build-image.ts'
import { dockerEngine, type Engine } from '../backend/docker/engine.ts'
import { spawn } from '../lib/outside-transaction.ts'

const dockerd = '/usr/sbin/dockerd'
const startLimitMs = 60_000
const buildLimitMs = 120_000
const pollMs = 50
/** Leaves the network of the machine as it is: containers reach the machine, and nothing beyond it. */
const quiet = ['--bridge=none', '--iptables=false', '--ip-masq=false', '--ip-forward=false']
/** The path of a socket has at most 107 characters, and the engine appends some fifty. */
const maxFolderLength = 50

export const testImage = 'molecule-agent:test'

/** Why there can be no engine of the tests' own here; nothing when there can. */
export function whyNoDocker(): string | undefined {
  if (!existsSync(dockerd)) return 'needs a Docker Engine: apt-get install docker.io'
  if (process.getuid?.() !== 0) return 'needs to be root, to start a Docker Engine of its own'
  return undefined
}

export type TestDocker = {
  engine: Engine
  /** Where the engine keeps its volumes. */
  dataRoot: string
  /** KILL to the engine, as by a crash, and another in its place. */
  killAndStart(): Promise<void>
  stop(): Promise<void>
}

/** An engine of the test's own, with the image of agent hosts, made from local files. Needs no registry. */
export async function startDocker(): Promise<TestDocker> {
  const parent = tmpdir().length < maxFolderLength ? tmpdir() : '/tmp'
  const folder = await mkdtemp(join(parent, 'mol-docker-'))
  const engine = dockerEngine(join(folder, 'docker.sock'))
  const dataRoot = join(folder, 'data')
  let server = start(folder)
  const killAndStart = async () => {
    const died = once(server, 'exit')
    server.kill('SIGKILL')
    await died
    await endContainerd(folder)
    server = start(folder)
    await answering(engine, server, join(folder, 'log'))
  }
  const stop = async () => {
    await clear(engine).catch(() => {})
    await endServer(server)
    await unmountBelow(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await answering(engine, server, join(folder, 'log'))
    const signal = AbortSignal.timeout(buildLimitMs)
    await buildImage(engine, { tag: testImage, base: undefined }, signal)
    return { engine, dataRoot, killAndStart, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function start(folder: string): ChildProcess {
  const at = (name: string) => join(folder, name)
  const places = ['--data-root', at('data'), '--exec-root', at('exec'), '-p', at('pid')]
  const socket = ['-H', `unix://${at('docker.sock')}`]
  const command = ['--pdeathsig', 'TERM', dockerd, ...places, ...socket, ...quiet]
  const log = ['sh', '-c', 'exec setpriv "$@" >"$0" 2>&1', at('log'), ...command]
  return spawn(log[0] ?? 'sh', log.slice(1), { cwd: folder, stdio: 'ignore' })
}

async function answering(engine: Engine, server: ChildProcess, log: string) {
  const until = Date.now() + startLimitMs
  while (server.exitCode === null && Date.now() < until) {
    const signal = AbortSignal.timeout(startLimitMs)
    const answer = await engine
      .call({ method: 'GET', path: ['_ping'] }, signal)
      .catch(() => undefined)
    if (answer) return
    await sleep(pollMs)
  }
  const said = (await readFile(log, 'utf8').catch(() => '')).slice(-2000)
  throw new Error(`dockerd did not start (exit code ${server.exitCode}). It said:\n${said}`)
}

const Containers = z.array(z.object({ Id: z.string() }))
const Networks = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()) }))

/** Bridges stay on the machine when their engine ends, and containers make its end slow. */
async function clear(engine: Engine) {
  const signal = AbortSignal.timeout(30_000)
  const query = { all: 'true' }
  const list = { method: 'GET', path: ['containers', 'json'], query } as const
  for (const { Id } of Containers.parse(await engine.json(list, signal))) {
    const force = { force: 'true', v: 'true' }
    await engine.call({ method: 'DELETE', path: ['containers', Id], query: force }, signal)
  }
  const networks = await engine.json({ method: 'GET', path: ['networks'] }, signal)
  for (const { Id, Labels } of Networks.parse(networks))
    if ('molecule.install' in Labels)
      await engine.call({ method: 'DELETE', path: ['networks', Id] }, signal)
}

/** It outlives its engine by a moment, in which the next one would take it for its own. */
async function endContainerd(folder: string) {
  const place = join(folder, 'exec', 'containerd')
  const pid = Number(await readFile(join(place, 'containerd.pid'), 'utf8').catch(() => ''))
  const isAlive = () => pid > 0 && existsSync(`/proc/${pid}`)
  if (isAlive()) process.kill(pid, 'SIGKILL')
  while (isAlive()) await sleep(pollMs)
  await rm(join(folder, 'pid'), { force: true })
  for (const name of [
    'containerd.pid',
    'containerd.sock',
    'containerd.sock.ttrpc',
    'containerd-debug.sock',
  ])
    await rm(join(place, name), { force: true })
}

/** TERM: it ends its containers and its containerd, and then itself. */
async function endServer(server: ChildProcess) {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  await exited
}

/** A network namespace stays mounted when its engine has ended. */
async function unmountBelow(folder: string) {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n')
  const below = mounts.map((line) => line.split(' ')[1] ?? '').filter((at) => at.startsWith(folder))
  for (const at of below.toReversed()) execFileSync('umount', ['--lazy', at])
}

/** `docker ps` and what else a person would type, on the engine of a test. */
export const dockerCli = ({ socketPath }: Engine, ...args: string[]) =>
  execFileSync('docker', ['-H', `unix://${socketPath}`, ...args], { encoding: 'utf8' }).trim()
