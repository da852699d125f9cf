import { databaseOf } from '../handle.ts'
import type { Queryable, Tx } from '../tables.ts'
import type { AnySelect, LockableTable } from './differences.ts'

/** Holds the row until the transaction ends. Order: org, workspaces by id, tasks by id, audit head, events. */
export function lockRow(tx: Tx, table: LockableTable, id: string | number): Promise<void> {
  return databaseOf(tx).dialect.lockRow(tx, table, id)
}

/** Locks the rows a select finds and passes over those that another transaction holds. */
export function skipLocked<Q>(tx: Tx, query: Q & AnySelect): Q {
  return databaseOf(tx).dialect.skipLocked(query) as Q
}

/** Milliseconds by the clock all replicas share: leases count from it. */
export function dbNow(handle: Queryable): Promise<number> {
  return databaseOf(handle).dialect.now(handle)
}

/** Whether a write failed because a row with that key exists. */
export function isUniqueViolation(handle: Queryable, error: unknown): boolean {
  return databaseOf(handle).dialect.isUniqueViolation(error)
}
