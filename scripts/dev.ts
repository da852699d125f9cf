import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, moleculeClient } from '@molecule/sdk'

/*
 * Server, canvas with hot reload, and one example workspace, on a database of their own. The server starts
 * anew when its code changes; its agents live on. Ctrl-C ends all of it, agents included.
 */
const folder = process.env.MOLECULE_DATA_DIR ?? 'data/dev'
/** Where the canvas's own server forwards to. */
const port = '8080'
const url = `http://127.0.0.1:${port}`
const canvasUrl = 'http://127.0.0.1:5173'
const readyMs = 60_000
const stopMs = 60_000
const endMs = 5000

const env = { ...process.env, HOST: '127.0.0.1', PORT: port, MOLECULE_DATA_DIR: folder }

const node = (args: string[], cwd = '.') =>
  spawn('node', args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true })

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stop.abort())
}

const server = node([
  '--watch',
  '--watch-preserve-output',
  'packages/server/src/main.ts',
  '--no-demo',
])
const vite = node(['../../node_modules/vite/bin/vite.js', '--clearScreen=false'], 'packages/canvas')
for (const child of [server, vite]) child.once('exit', () => stop.abort())

try {
  const client = await serverReady()
  await exampleWorkspace(client)
  console.log(
    `\nSign in: ${onCanvas((await client.session.link()).url)}\nCtrl-C ends everything.\n`,
  )
  await once(stop.signal, 'abort')
} catch (error) {
  if (!stop.signal.aborted) console.error(error)
  process.exitCode = stop.signal.aborted ? 0 : 1
} finally {
  await stopAgents()
  await Promise.all([end(server), end(vite)])
}

/** The link of the server, opened on the page that reloads itself. */
function onCanvas(link: string) {
  const { pathname, search, hash } = new URL(link)
  return `${canvasUrl}${pathname}${search}${hash}`
}

async function serverReady() {
  const giveUpAt = Date.now() + readyMs
  while (Date.now() < giveUpAt) {
    const client = connect()
    const ready = await client?.ready({ signal: stop.signal }).catch(() => undefined)
    if (client && ready) return client
    await sleep(100, undefined, { signal: stop.signal })
  }
  throw new Error(`the server is not ready after ${readyMs / 1000} s`)
}

function connect(): Client | undefined {
  try {
    const token = process.env.ADMIN_TOKEN ?? readFileSync(join(folder, 'admin-token'), 'utf8')
    return moleculeClient({ baseUrl: url, token: token.trim() })
  } catch {
    return undefined
  }
}

async function exampleWorkspace(client: Client) {
  const workspaces = await client.workspaces.list({ signal: stop.signal })
  if (workspaces.some(({ name }) => name === 'echo')) return
  const config = { runtime: 'command', runtime_config: { command: 'cat' } }
  await client.workspaces.create({ name: 'echo', role: 'answers what it is asked', ...config })
}

async function stopAgents() {
  const body = { stop_agents: true }
  await connect()
    ?.admin.shutdown(body, { timeoutMs: stopMs })
    .catch((error: unknown) => console.error(`could not stop the agents: ${error}`))
}

/** The whole group: a watcher and the program it watches. */
async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return
  const ended = once(child, 'exit')
  signalGroup(child.pid, 'SIGTERM')
  await Promise.race([ended, sleep(endMs, undefined, { ref: false })])
  signalGroup(child.pid, 'SIGKILL')
}

function signalGroup(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody is left in the group.
  }
}
