import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { postgresServer } from '../testing/postgres-server.ts'
import { emptyDatabase, emptyPostgres, openTestDatabase } from '../testing/test-db.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { ownMigrations, readMigrations } from './migration-files.ts'

const first = 'create table ones (id bigint not null, constraint ones_pk primary key (id));'
const second = 'create table twos (name text not null);'

async function givenFolder(...files: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'migrations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(folder, { recursive: true })
  for (const [index, text] of files.entries()) {
    await writeFile(join(folder, `000${index + 1}_step.sql`), text)
  }
  return folder
}

const ownVersions = readMigrations(ownMigrations).map(({ version }) => version)

async function versions({ db }: Database): Promise<number[]> {
  const { rows } = await sql<{ version: number }>`
    select version from migrations order by version
  `.execute(db)
  return rows.map(({ version }) => version)
}

test('an empty database gets every migration, once', async () => {
  const database = await emptyDatabase()

  await migrate(database)
  await migrate(database)

  expect(await versions(database)).toEqual(ownVersions)
  expect(await database.db.selectFrom('feedHead').selectAll().execute()).toEqual([
    { id: 1, seq: 0 },
  ])
})

test('an older database gets the migrations it lacks', async () => {
  const database = await emptyDatabase()
  await migrate(database, await givenFolder(first))

  await migrate(database, await givenFolder(first, second))

  expect(await versions(database)).toEqual([1, 2])
})

test('a migration that fails leaves the database at the version before', async () => {
  const database = await emptyDatabase()
  const broken = 'create table twos (id bigint); insert into nowhere values (1);'

  const failed = migrate(database, await givenFolder(first, broken))

  await expect(failed).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringContaining('version 2 (step)'),
  })
  expect(await versions(database)).toEqual([1])
  await migrate(database, await givenFolder(first, second))
})

test('a database newer than the program is refused, with both versions', async () => {
  const database = await emptyDatabase()
  await migrate(database, await givenFolder(first, `-- breaking\n${second}`))

  const refused = migrate(database, await givenFolder(first))

  await expect(refused).rejects.toMatchObject({
    code: 'database_newer',
    message: 'The database has version 2, this program knows versions up to 1.',
    hint: expect.stringContaining('newer program'),
  })
})

test('a newer database whose changes break nothing is served by the older program', async () => {
  const database = await emptyDatabase()
  await migrate(database, await givenFolder(first, second))

  await migrate(database, await givenFolder(first))

  expect(await versions(database)).toEqual([1, 2])
})

test('a migration that was edited after it was applied is found out', async () => {
  const database = await emptyDatabase()
  await migrate(database, await givenFolder(first))

  const refused = migrate(database, await givenFolder(`${first} -- edited`))

  await expect(refused).rejects.toMatchObject({ code: 'database_changed' })
})

test('a file that is not named as a migration is found out', async () => {
  const folder = await givenFolder(first)
  await writeFile(join(folder, 'later.sql'), second)

  await expect(migrate(await emptyDatabase(), folder)).rejects.toThrow('later.sql is not named')
})

test('servers that start at once migrate once', async (context) => {
  const url = await emptyPostgres(await postgresServer(context))
  const servers = await Promise.all([1, 2, 3].map(() => openTestDatabase(url)))

  await Promise.all(servers.map((database) => migrate(database)))

  for (const database of servers) expect(await versions(database)).toEqual(ownVersions)
})
