import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, moleculeClient } from '@molecule/sdk'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { Backend } from '../backend/backend.ts'
import { type RunningServer, startServer } from '../boot/start-server.ts'
import { loadConfig } from '../config.ts'
import { clonePostgres } from './test-db.ts'

export type TestServer = RunningServer & {
  dataDir: string
  adminToken: string
  client: Client
  /** A request as a stranger would write it; the admin's unless headers say otherwise. */
  request: (method: string, path: string, init?: RequestInit) => Promise<Response>
}

type Options = { env?: NodeJS.ProcessEnv; backends?: Backend[]; served?: Backend }

/** A whole server in this process, on a database and a port of its own; without a backend unless one is given. */
export async function testServer({
  env = {},
  backends = [],
  served,
}: Options = {}): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'molecule-server-'))
  const postgres = process.env.TEST_DATABASE_URL
  const databaseUrl = postgres ? await clonePostgres(postgres) : `sqlite:${dataDir}/molecule.db`
  const server = await startServer({
    config: loadConfig({
      PORT: '0',
      MOLECULE_DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      MOLECULE_BACKENDS: backends.length > 0 ? 'process' : 'none',
      ...env,
    }),
    log: pino({ level: 'silent' }),
    version: 'test',
    canvasFolder: join(dataDir, 'canvas'),
    backends: () => backends,
    serve: () => served,
    onFatal(error) {
      throw error
    },
  })
  onTestFinished(async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()
  const client = moleculeClient({ baseUrl: server.url, token: adminToken })
  const request = (method: string, path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, {
      method,
      ...init,
      headers: init.headers ?? { authorization: `Bearer ${adminToken}` },
    })
  return { ...server, dataDir, adminToken, client, request }
}

/** The JSON of an answer, as the test expects it. */
export const bodyOf = async <T>(answer: Response): Promise<T> => (await answer.json()) as T
