import { closeSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../../lib/make-folder.ts'
import { DatabaseStartError } from '../start-error.ts'
import { type SqliteConnection, sqliteConnection } from './sqlite-connection.ts'
import { isBusy } from './sqlite-error.ts'

const inMemory = ':memory:'

/** How long a statement waits for another program that holds the file. */
const busyTimeoutMs = 5_000

const pragmas = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = on;
`

/** Opens, and makes when absent, the file at `path`, readable by its owner alone. */
export async function openSqliteFile(path: string): Promise<SqliteConnection> {
  const location = path === inMemory ? path : resolve(path)
  if (location !== inMemory) await makeFile(location)
  const raw = new DatabaseSync(location, { timeout: busyTimeoutMs })
  try {
    raw.exec(pragmas)
    raw.prepare('select count(*) from sqlite_schema').get()
  } catch (error) {
    raw.close()
    throw explain(error, location)
  }
  return sqliteConnection(raw)
}

async function makeFile(path: string): Promise<void> {
  try {
    await makeFolder(dirname(path), 0o700)
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw new DatabaseStartError(
      'database_folder_unwritable',
      `The database file ${path} cannot be written (${codeOf(error)}).`,
      'Give this user the right to write there, or name another file in DATABASE_URL.',
      error,
    )
  }
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)

function explain(error: unknown, path: string): DatabaseStartError {
  const reason = error instanceof Error ? error.message : String(error)
  if (isBusy(error)) {
    return new DatabaseStartError(
      'database_locked',
      `The database file ${path} is held by another program.`,
      'Stop that program, or name another file in DATABASE_URL.',
      error,
    )
  }
  return new DatabaseStartError(
    'database_unreadable',
    `The file ${path} cannot be used as a database (${reason}).`,
    'Restore it from a backup, or name another file in DATABASE_URL.',
    error,
  )
}
