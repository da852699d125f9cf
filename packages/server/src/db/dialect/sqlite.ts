import type { Clock } from '../../lib/clock.ts'
import { isUniqueViolation } from '../sqlite/sqlite-error.ts'
import { type Dialect, identity } from './differences.ts'

/** One process, one writer at a time: there is nobody to lock out, and its clock is the clock. */
export function sqliteDialect(clock: Clock): Dialect {
  return {
    kind: 'sqlite',
    stampsAtInsert: true,
    migrationText: (sql) =>
      sql.replaceAll(identity, 'integer not null constraint $1 primary key autoincrement'),
    lockMigrations: async () => {},
    lockRow: async () => {},
    skipLocked: (query) => query,
    now: async () => clock.now(),
    isUniqueViolation,
  }
}
