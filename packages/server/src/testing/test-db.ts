import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { type Database, openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { ownMigrations, readMigrations } from '../db/migration-files.ts'
import type { Db } from '../db/tables.ts'
import type { Clock } from '../lib/clock.ts'

/** Names our template among the advisory locks of the server. */
const templateLock = 6_656_366

export interface TestDatabaseOptions {
  clock?: Clock
  onFatal?: (error: unknown) => void
  onError?: (error: unknown) => void
}

/** A database of its own for one test: SQLite in memory, or Postgres when TEST_DATABASE_URL names one. */
export async function testDb(options: TestDatabaseOptions = {}): Promise<Db> {
  return (await testDatabase(options)).db
}

export async function testDatabase(options: TestDatabaseOptions = {}): Promise<Database> {
  const server = process.env.TEST_DATABASE_URL
  if (server) return openTestDatabase(await clonePostgres(server), options)
  const database = await emptyDatabase(options)
  await migrate(database)
  return database
}

/** Before any migration. */
export async function emptyDatabase(options: TestDatabaseOptions = {}): Promise<Database> {
  const server = process.env.TEST_DATABASE_URL
  return openTestDatabase(server ? await emptyPostgres(server) : 'sqlite::memory:', options)
}

/** Another connection to a database that a test made, closed when it ends. */
export async function openTestDatabase(
  url: string,
  options: TestDatabaseOptions = {},
): Promise<Database> {
  const database = await openDatabase({ url, onFatal: fail, onError: fail, ...options })
  onTestFinished(() => database.close())
  return database
}

function fail(error: unknown): never {
  throw error
}

/** An empty database on the Postgres server of the tests, dropped when the test ends. */
export async function emptyPostgres(server: string): Promise<string> {
  return createPostgres(server, 'template0')
}

/** A migrated one, likewise. */
export async function clonePostgres(server: string): Promise<string> {
  return createPostgres(server, await template(server))
}

async function createPostgres(server: string, from: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await administer(server, (client) =>
    client.query(`create database ${name} template ${from} strategy file_copy`),
  )
  onTestFinished(async () => {
    await administer(server, (client) => client.query(`drop database ${name} with (force)`))
  })
  return urlOf(server, name)
}

function urlOf(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

async function administer<T>(server: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

let made: Promise<string> | undefined

/** One per state of the migrations, made by whichever worker comes first. */
function template(server: string): Promise<string> {
  made ??= administer(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [templateLock])
    const name = `template_${checksum()}`
    const found = await client.query('select 1 from pg_database where datname = $1', [name])
    if (found.rowCount === 0) await makeTemplate(client, server, name)
    return name
  })
  return made
}

function checksum(): string {
  const hash = createHash('sha256')
  for (const { text } of readMigrations(ownMigrations)) hash.update(text)
  return hash.digest('hex').slice(0, 16)
}

async function makeTemplate(client: pg.Client, server: string, name: string): Promise<void> {
  const draft = `draft_${randomUUID().replaceAll('-', '')}`
  await client.query(`create database ${draft} template template0 encoding 'UTF8'`)
  const url = urlOf(server, draft)
  const database = await openDatabase({ url, onFatal: fail, onError: fail })
  try {
    await migrate(database)
  } finally {
    await database.close()
  }
  await client.query(`alter database ${draft} rename to ${name}`)
}
