import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, MoleculeError, moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import { freePort } from './free-port.ts'
import { killProcess, type MarkedProcess, markedProcesses } from './marked-processes.ts'
import {
  type Exit,
  type ServerProcess,
  type StartServer,
  startServerProcess,
} from './server-process.ts'

/** A data folder of its own, with the servers that work on it one after another. */
export type Installation = {
  /** The folder that holds the data folder; tests put their own files beside it. */
  readonly folder: string
  readonly dataDir: string
  readonly url: string
  /** Starts a server and resolves when it serves. */
  start(options?: ServerOptions): Promise<ServerProcess>
  /** Starts a server and does not wait for it. */
  launch(options?: ServerOptions): ServerProcess
  /** Speaks as the admin to whichever server runs. Any token but the admin's can be given. */
  client(token?: string): Promise<Client>
  adminToken(): Promise<string>
  /** Live processes of its agents; none before the first start has given it an identity. */
  processes(): Promise<MarkedProcess[]>
  hosts(): Promise<MarkedProcess[]>
  /** Stops every agent and the server, whether one runs or not, as `molecule down` does. */
  down(): Promise<Exit>
  /** Kills what is alive of it, one line for each. */
  killLeftovers(): Promise<string[]>
  /** Stops all, proves that nothing is left and removes the folder; throws what it had to kill. */
  end(): Promise<void>
}

export type ServerOptions = Omit<StartServer, 'dataDir' | 'port'>

const downMs = 90_000

export async function newInstallation(): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'molecule-e2e-'))
  const dataDir = join(folder, 'data')
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const servers: ServerProcess[] = []

  const launch = (options: ServerOptions = {}) => {
    const server = startServerProcess({ ...options, dataDir, port })
    servers.push(server)
    return server
  }
  const adminToken = async () => (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  const client = async (token?: string) =>
    moleculeClient({ baseUrl: url, token: token ?? (await adminToken()), fetch: nodeFetch() })
  const processes = async () => {
    const id = await installIdOf(dataDir)
    return id === undefined ? [] : markedProcesses(id)
  }

  const down = async () => {
    const running = servers.find((server) => server.isAlive())
    const isAsked = running !== undefined && (await askToGoDown(await client()))
    return ended(isAsked ? running : launch({ args: ['--down'] }))
  }

  const killLeftovers = async () => {
    const alive = servers.filter((server) => server.isAlive())
    for (const server of alive) await server.kill()
    const left = await processes()
    for (const one of left) killProcess(one)
    return [
      ...alive.map((server) => `server ${server.pid}, which printed:\n${server.output()}`),
      ...left.map(({ kind, pid, command }) => `${kind} ${pid}: ${command}`),
    ]
  }

  return {
    folder,
    dataDir,
    url,
    launch,
    async start(options) {
      const server = launch(options)
      await server.ready()
      return server
    },
    client,
    adminToken,
    processes,
    hosts: async () => (await processes()).filter(({ kind }) => kind === 'host'),
    down,
    killLeftovers,
    async end() {
      const isDown = (await processes()).length === 0 && !servers.some((each) => each.isAlive())
      const problem = isDown ? undefined : await down().then(() => undefined, String)
      const left = await killLeftovers()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
      if (problem) left.push(`\`down\` failed: ${problem}`)
      if (left.length > 0) throw new Error(`left behind by a test:\n${left.join('\n')}`)
    },
  }
}

/** False when it died before it could answer. */
async function askToGoDown(client: Client): Promise<boolean> {
  try {
    await client.admin.shutdown({ stop_agents: true }, { timeoutMs: downMs })
    return true
  } catch (error) {
    if (error instanceof MoleculeError && error.code === 'unavailable') return false
    throw error
  }
}

async function installIdOf(dataDir: string): Promise<string | undefined> {
  const text = await readFile(join(dataDir, 'installation.json'), 'utf8').catch(() => '{}')
  return (JSON.parse(text) as { install_id?: string }).install_id
}

async function ended(server: ServerProcess): Promise<Exit> {
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(new Error(`still runs:\n${server.output()}`)), downMs)
    void server.ended.finally(() => clearTimeout(timer))
  })
  return Promise.race([server.ended, late])
}
