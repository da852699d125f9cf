import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, moleculeClient } from '@molecule/sdk'
import { type Logger, pino } from 'pino'
import { onTestFinished } from 'vitest'
import type { Backend } from '../backend/backend.ts'
import { type RunningServer, startServer } from '../boot/start-server.ts'
import { loadConfig } from '../config.ts'
import { clonePostgres } from './test-db.ts'

export type TestServer = RunningServer & {
  dataDir: string
  databaseUrl: string
  adminToken: string
  client: Client
  /** A request as a stranger would write it; the admin's unless headers say otherwise. */
  request: (method: string, path: string, init?: RequestInit) => Promise<Response>
}

type Options = {
  env?: NodeJS.ProcessEnv
  backends?: Backend[]
  /** Starts again where another was closed: on its folder, its database and its port. */
  after?: Pick<TestServer, 'dataDir' | 'databaseUrl' | 'url'>
  log?: Logger
  served?: Backend
}

/** A whole server in this process, on a database and a port of its own; without a backend unless one is given. */
export async function testServer({
  env = {},
  backends = [],
  after,
  log = pino({ level: 'silent' }),
  served,
}: Options = {}): Promise<TestServer> {
  const dataDir = after?.dataDir ?? (await mkdtemp(join(tmpdir(), 'molecule-server-')))
  const databaseUrl = after?.databaseUrl ?? (await databaseFor(dataDir))
  const server = await startServer({
    config: loadConfig({
      PORT: after ? new URL(after.url).port : '0',
      MOLECULE_DATA_DIR: dataDir,
      DATABASE_URL: databaseUrl,
      MOLECULE_BACKENDS: backends.length > 0 ? 'process' : 'none',
      ...env,
    }),
    log,
    version: 'test',
    files: {
      canvasFolder: join(dataDir, 'canvas'),
      cliPackage: join(import.meta.dirname, '../../../cli/dist/molecule.tgz'),
    },
    templateFolders: [join(dataDir, 'templates')],
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
  return { ...server, dataDir, databaseUrl, adminToken, client, request }
}

async function databaseFor(dataDir: string): Promise<string> {
  const postgres = process.env.TEST_DATABASE_URL
  return postgres ? await clonePostgres(postgres) : `sqlite:${dataDir}/molecule.db`
}

/** The JSON of an answer, as the test expects it. */
export const bodyOf = async <T>(answer: Response): Promise<T> => (await answer.json()) as T

/** Status and code of a refusal, for short. */
export const refusalOf = async (answer: Response) => [
  answer.status,
  (await bodyOf<{ code?: string }>(answer)).code,
]

/** For whoever looks at routes and asks for none of what lies there. */
export const noFiles = { canvasFolder: '', cliPackage: '' }
