import type { Clock } from '../../lib/clock.ts'
import { isUniqueViolation } from '../sqlite/sqlite-error.ts'
import { appendOnly, type Dialect, identity } from './differences.ts'

const refuse = (change: string) => `create trigger $1_no_${change} before ${change} on $1
begin
  select raise(abort, 'the table $1 is append only');
end;`

/** One process, one writer at a time: there is nobody to lock out, and its clock is the clock. */
export function sqliteDialect(clock: Clock): Dialect {
  return {
    kind: 'sqlite',
    stampsAtInsert: true,
    migrationText: (sql) =>
      sql
        .replaceAll(identity, 'integer not null constraint $1 primary key autoincrement')
        .replaceAll(appendOnly, `${refuse('update')}\n${refuse('delete')}`),
    lockMigrations: async () => {},
    lockRow: async () => {},
    skipLocked: (query) => query,
    now: async () => clock.now(),
    isUniqueViolation,
  }
}
