import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { postgresServer } from '../testing/postgres-server.ts'
import { emptyPostgres, openTestDatabase } from '../testing/test-db.ts'
import { openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { transact } from './transact.ts'

const quiet = { onFatal: () => {}, onError: () => {} }
const open = (url: string) => openDatabase({ url, ...quiet, connectTimeoutMs: 300 })

async function givenFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'database-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test.each([
  [''],
  ['molecule.db'],
  ['sqlite:'],
  ['sqlite://./data/molecule.db'],
  ['mysql://u:secret@h/d'],
  ['postgres://u:se[cret@h:x/d'],
])('the URL %j is refused with what to write instead, without its password', async (url) => {
  const refused = open(url)

  await expect(refused).rejects.toMatchObject({
    code: 'database_url_invalid',
    message: expect.not.stringMatching('se.?cret'),
    hint: expect.stringContaining('sqlite:./data/molecule.db'),
  })
})

test('a file in folders that do not exist yet is made, for its owner only', async () => {
  const path = join(await givenFolder(), 'a', 'b', 'molecule.db')

  const database = await openTestDatabase(`sqlite:${path}`)
  await migrate(database)

  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(`${path}-wal`)).mode & 0o777).toBe(0o600)
})

test('the file is durable: write-ahead log, full sync, foreign keys', async () => {
  const database = await openTestDatabase(`sqlite:${join(await givenFolder(), 'molecule.db')}`)

  const read = async (name: string) => {
    const { rows } = await sql<object>`pragma ${sql.raw(name)}`.execute(database.db)
    return Object.values(rows[0] ?? {})[0]
  }

  expect(await Promise.all(['journal_mode', 'synchronous', 'foreign_keys'].map(read))).toEqual([
    'wal',
    2,
    1,
  ])
})

test('a path under a file is refused with the path and what to do', async () => {
  const folder = await givenFolder()
  await writeFile(join(folder, 'file'), '')

  const refused = open(`sqlite:${folder}/file/molecule.db`)

  await expect(refused).rejects.toMatchObject({
    code: 'database_folder_unwritable',
    message: expect.stringContaining(`${folder}/file/molecule.db`),
    hint: expect.stringContaining('DATABASE_URL'),
  })
})

test('a folder in which nobody may write is refused', async () => {
  await expect(open('sqlite:/proc/molecule.db')).rejects.toMatchObject({
    code: 'database_folder_unwritable',
  })
})

test('a file that is no database is refused and left alone', async () => {
  const path = join(await givenFolder(), 'notes.txt')
  const text = 'Dear diary, '.repeat(1_000)
  await writeFile(path, text)

  await expect(open(`sqlite:${path}`)).rejects.toMatchObject({ code: 'database_unreadable' })
  expect(await readFile(path, 'utf8')).toBe(text)
})

test('a server that nobody runs is refused with its place, without user and password', async () => {
  const refused = open('postgres://someone:secret@127.0.0.1:1/molecule')

  await expect(refused).rejects.toMatchObject({
    code: 'database_unreachable',
    message: 'The database server 127.0.0.1:1/molecule cannot be reached (ECONNREFUSED).',
  })
})

test('a server that never answers is given up on in time', async () => {
  const port = await givenSilentServer()
  const startedAt = Date.now()

  await expect(open(`postgres://u:secret@127.0.0.1:${port}/d`)).rejects.toMatchObject({
    code: 'database_unreachable',
    message: expect.not.stringContaining('secret'),
  })
  expect(Date.now() - startedAt).toBeLessThan(5_000)
})

async function givenSilentServer(): Promise<number> {
  const server = await new Promise<Server>((resolve) => {
    const listening = createServer().listen(0, '127.0.0.1', () => resolve(listening))
  })
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

test('a database that does not exist on the server is named', async (context) => {
  const url = new URL(await postgresServer(context))
  url.pathname = '/nowhere'

  await expect(open(url.href)).rejects.toMatchObject({
    code: 'database_refused',
    message: expect.stringContaining('/nowhere has no database of that name'),
    hint: expect.stringContaining('createdb'),
  })
})

test('a user who may not create tables is told so', async (context) => {
  const url = await emptyPostgres(await postgresServer(context))
  const owner = await openTestDatabase(url)
  const role = `guest_${process.pid}_${Date.now()}`
  await transact(owner.db, (tx) => sql`create role ${sql.ref(role)} login`.execute(tx))
  const guestUrl = new URL(url)
  guestUrl.username = role
  const guest = await openTestDatabase(guestUrl.href)

  await expect(migrate(guest)).rejects.toMatchObject({
    code: 'migration_failed',
    message: 'The database cannot be prepared: permission denied for schema public.',
    hint: expect.stringContaining('this user must be its owner'),
  })
  await guest.close()
  await transact(owner.db, (tx) => sql`drop role ${sql.ref(role)}`.execute(tx))
})

test('a database that holds tables of others is left alone', async (context) => {
  const database = await openTestDatabase(await emptyPostgres(await postgresServer(context)))
  await transact(database.db, (tx) => sql`create table tasks (mine integer)`.execute(tx))

  await expect(migrate(database)).rejects.toMatchObject({
    code: 'migration_failed',
    hint: expect.stringContaining('no tables of others'),
  })
})

test('a connection that breaks between two statements of a transaction fails that transaction and nothing else', async (context) => {
  const server = await postgresServer(context)
  const { db } = await openTestDatabase(await emptyPostgres(server), { onError: () => {} })
  const { db: operator } = await openTestDatabase(await emptyPostgres(server))
  const begun = Promise.withResolvers<number>()
  const broken = Promise.withResolvers<void>()
  const torn = transact(db, async (tx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
    begun.resolve(rows[0]?.pid ?? 0)
    await broken.promise
    await sql`select 1`.execute(tx)
  })

  const pid = await begun.promise
  await sql`select pg_terminate_backend(${pid}, 10000)`.execute(operator)
  await sleep(20)
  broken.resolve()

  await expect(torn).rejects.toThrow()
  expect((await sql`select 1`.execute(db)).rows).toHaveLength(1)
})
