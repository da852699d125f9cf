import { sql } from 'kysely'
import { type Database, unitOf } from './handle.ts'
import { type MigrationFile, ownMigrations, readMigrations } from './migration-files.ts'
import { DatabaseStartError } from './start-error.ts'
import type { Tx } from './tables.ts'

/** How long one migration may take, and another server wait for it. */
const maxMigrationMs = 3_600_000

interface AppliedMigration {
  version: number
  name: string
  checksum: string
  breaking: 0 | 1
}

const versionsTable = `
create table if not exists migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  breaking integer not null,
  applied_at bigint not null,
  constraint migrations_pk primary key (version)
);`

/** Brings the schema to the newest version of this program. Any number of servers may start at once. */
export async function migrate(database: Database, folder = ownMigrations): Promise<void> {
  const files = readMigrations(folder)
  let isCurrent = false
  while (!isCurrent) {
    isCurrent = await database.transact((tx) => applyNext(database, tx, files), {
      maxMs: maxMigrationMs,
    })
  }
}

/** Each file and its version row are one transaction. Answers whether nothing was left to apply. */
async function applyNext(database: Database, tx: Tx, files: MigrationFile[]): Promise<boolean> {
  const { dialect, clock } = database
  await dialect.lockMigrations(tx, maxMigrationMs)
  await runScript(tx, dialect.migrationText(versionsTable), 'be prepared')
  const { rows: applied } = await sql<AppliedMigration>`
    select version, name, checksum, breaking from migrations order by version
  `.execute(tx)
  check(applied, files)

  const file = files[applied.length]
  if (!file) return true
  const step = `be brought to version ${file.version} (${file.name})`
  await runScript(tx, dialect.migrationText(file.text), step)
  await sql`
    insert into migrations (version, name, checksum, breaking, applied_at)
    values (${file.version}, ${file.name}, ${file.checksum}, ${file.isBreaking}, ${clock.now()})
  `.execute(tx)
  return false
}

async function runScript(tx: Tx, text: string, step: string): Promise<void> {
  try {
    await unitOf(tx).script(text)
  } catch (error) {
    throw new DatabaseStartError(
      'migration_failed',
      `The database cannot ${step}: ${messageOf(error)}.`,
      'Nothing was changed. It must hold no tables of others, and this user must be its owner.',
      error,
    )
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/** What was applied must be what this program knows, in its order, and nothing it cannot live with. */
function check(applied: AppliedMigration[], files: MigrationFile[]): void {
  const newest = files.at(-1)?.version ?? 0
  const newer = applied.filter(({ version }) => version > newest)
  if (newer.some(({ breaking }) => breaking)) throw databaseNewer(newer.at(-1)?.version, newest)

  const known = applied.slice(0, applied.length - newer.length)
  const isMissingSome = newer.length > 0 && known.length < files.length
  const odd = known.find(
    ({ version, checksum }, index) =>
      files[index]?.version !== version || files[index].checksum !== checksum,
  )
  if (odd || isMissingSome) throw databaseChanged(odd)
}

const databaseNewer = (version: number | undefined, newest: number) =>
  new DatabaseStartError(
    'database_newer',
    `The database has version ${version}, this program knows versions up to ${newest}.`,
    'Start the newer program that upgraded it, or restore a backup from before the upgrade.',
  )

const databaseChanged = (odd: AppliedMigration | undefined) =>
  new DatabaseStartError(
    'database_changed',
    odd
      ? `Version ${odd.version} (${odd.name}) of the database is not the one this program has.`
      : 'The database lacks a version that this program has.',
    'It was made by a different build. Start that build, or restore a backup of this one.',
  )
