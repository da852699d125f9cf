import { sql } from 'kysely'
import type { Clock } from '../../lib/clock.ts'
import { isUniqueViolation } from '../postgres/postgres-error.ts'
import { appendOnly, type Dialect, identity } from './differences.ts'

/** Names our migrations among the advisory locks of the database. */
const migrationLock = 6_656_365
const textColumn = /^(\s+|.* add column )(\w+) text\b/gm

const refuseChange = `create function $1_refuse_change() returns trigger language plpgsql as $$$$
begin
  raise exception 'the table $1 is append only';
end $$$$;
create trigger $1_append_only before update or delete or truncate on $1
  for each statement execute function $1_refuse_change();`

/** `clock` replaces the clock of the database, for tests that move time. */
export function postgresDialect(clock?: Clock): Dialect {
  return {
    kind: 'postgres',
    stampsAtInsert: false,
    migrationText: (text) =>
      text
        .replaceAll(identity, 'bigint generated always as identity constraint $1 primary key')
        .replaceAll(appendOnly, refuseChange)
        .replaceAll(textColumn, '$1$2 text collate "C"'),
    async lockMigrations(tx, maxMs) {
      await sql`set local statement_timeout = ${sql.lit(maxMs)}`.execute(tx)
      await sql`select pg_advisory_xact_lock(${sql.lit(migrationLock)})`.execute(tx)
    },
    /** Not `for update`: that would also wait for every row that refers to this one. */
    async lockRow(tx, table, id) {
      await sql`select 1 from ${sql.table(table)} where id = ${id} for no key update`.execute(tx)
    },
    skipLocked: (query) => query.forNoKeyUpdate().skipLocked(),
    async now(handle) {
      if (clock) return clock.now()
      const found = await sql<{ now: number }>`
        select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now
      `.execute(handle)
      const [row] = found.rows
      if (!row) throw new Error('the database does not tell the time')
      return row.now
    },
    isUniqueViolation,
  }
}
