import type { Client, ClientBase, ClientConfig, Pool } from 'pg'
import { toSafeNumber } from '../parameter.ts'
import { DatabaseStartError } from '../start-error.ts'
import { maxUnitMs } from '../unit.ts'
import { explainConnect } from './postgres-error.ts'

const maxConnections = 10
const idleConnectionMs = 60_000
const keepAliveMs = 10_000
const oldestVersion = 150_000

export interface PostgresServer {
  pool: Pool
  /** A connection of its own, not yet connected. */
  newClient(): Client
}

export interface PostgresOptions {
  url: string
  connectTimeoutMs: number
  onError(error: unknown): void
}

export async function connectPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { default: pg } = await import('pg')
  const config: ClientConfig = {
    connectionString: options.url,
    application_name: 'molecule',
    connectionTimeoutMillis: options.connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    types: { getTypeParser: typeParser(pg.types) },
  }
  const pool = new pg.Pool({
    ...config,
    max: maxConnections,
    idleTimeoutMillis: idleConnectionMs,
    statement_timeout: maxUnitMs,
    idle_in_transaction_session_timeout: maxUnitMs,
    onConnect: readOnlyUnlessTold,
  })
  // A connection may still fail while the pool closes it: that is no news.
  pool.on('error', (error) => pool.ending || options.onError(error))
  // The pool hears only of idle connections. Of one in use the next statement tells; unheard, it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    await check(pool, placeOf(options.url))
  } catch (error) {
    await pool.end()
    throw error
  }
  return { pool, newClient: () => new pg.Client(config) }
}

/** Outside `transact`, which begins `read write`, the server refuses to write. The pool awaits it. */
function readOnlyUnlessTold(client: ClientBase): Promise<unknown> {
  return client.query('set default_transaction_read_only = on')
}

async function check(pool: Pool, place: string): Promise<void> {
  const found = await pool
    .query<{ version: string; encoding: string }>(
      "select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding",
    )
    .catch((error: unknown) => {
      throw explainConnect(error, place)
    })
  const { version, encoding } = found.rows[0] ?? { version: '0', encoding: '' }
  if (Number(version) < oldestVersion) {
    throw new DatabaseStartError(
      'database_unsupported',
      `The database server ${place} is too old (${version}).`,
      'Use PostgreSQL 15 or newer.',
    )
  }
  if (encoding !== 'UTF8') {
    throw new DatabaseStartError(
      'database_unsupported',
      `The database at ${place} stores text as ${encoding}.`,
      'Create it anew with: createdb --encoding=UTF8 --template=template0 <name>',
    )
  }
}

/** Where the URL leads, without user and password. */
function placeOf(url: string): string {
  const { hostname, port, pathname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? (hostname || 'localhost')
  return `${host}${port ? `:${port}` : ''}${pathname}`
}

type Types = typeof import('pg').types

/** Numbers are numbers and truth is 1 or 0, as in SQLite. */
function typeParser(types: Types): Types['getTypeParser'] {
  const { INT8, NUMERIC, BOOL } = types.builtins
  const parsers = new Map<number, (text: string) => unknown>([
    [INT8, toSafeNumber],
    [NUMERIC, toSafeNumber],
    [BOOL, (text) => (text === 't' ? 1 : 0)],
  ])
  return (oid: number, format?: 'text' | 'binary') =>
    parsers.get(oid) ?? types.getTypeParser(oid, format as 'text')
}
