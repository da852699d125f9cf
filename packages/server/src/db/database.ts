import { type Clock, systemClock } from '../lib/clock.ts'
import type { Database } from './handle.ts'
import { DatabaseStartError } from './start-error.ts'

export type { Database } from './handle.ts'

const connectTimeoutMs = 10_000

export interface OpenOptions {
  /** `sqlite:<path>`, `sqlite::memory:` or `postgres://…` */
  url: string
  /** The SQLite file can no longer be read or written: end the process. */
  onFatal(error: unknown): void
  /** Something failed that nobody waits for: log it. */
  onError(error: unknown): void
  /** For tests that move time; by default Postgres tells the time of its own. */
  clock?: Clock
  connectTimeoutMs?: number
}

/** Rejects with a `DatabaseStartError` that says what is wrong and what to do. */
export async function openDatabase(options: OpenOptions): Promise<Database> {
  const { url, clock = systemClock, onFatal, onError } = options
  // With slashes it would say where the root is, to some readers, and where we are, to others.
  const path = /^sqlite:(?!\/\/)(.+)$/s.exec(url)?.[1]
  if (path !== undefined) {
    const { openSqliteFile } = await import('./sqlite/sqlite-file.ts')
    const { sqliteDatabase } = await import('./sqlite/open-sqlite.ts')
    return sqliteDatabase(await openSqliteFile(path), { clock, onFatal, onError })
  }
  if (!isPostgresUrl(url)) throw invalidUrl()
  const { openPostgres } = await import('./postgres/open-postgres.ts')
  const limitMs = options.connectTimeoutMs ?? connectTimeoutMs
  return openPostgres({ url, clock, onError, connectTimeoutMs: limitMs })
}

const isPostgresUrl = (url: string) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url)

/** Does not repeat the URL: it may hold a password. */
const invalidUrl = () =>
  new DatabaseStartError(
    'database_url_invalid',
    'DATABASE_URL is neither a file for SQLite nor the URL of a PostgreSQL server.',
    'Write sqlite:./data/molecule.db or postgres://user:password@host:5432/name; in a password, write special characters as %XX.',
  )
