import { assertOutsideTransaction } from '../lib/outside-transaction.ts'
import { databaseOf, unitOf } from './handle.ts'
import type { Db, Tx } from './tables.ts'

/**
 * The only way to write. `work` may await queries on its `tx` and nothing else; Postgres runs it
 * again after a deadlock, so it must not change anything but the database. A statement that fails
 * ends the transaction, even when `work` catches its error.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  assertOutsideTransaction('a nested transact()')
  return databaseOf(db).transact(work)
}

/** Runs after the COMMIT of this transaction, before `transact` answers; never after a rollback. */
export function afterCommit(tx: Tx, callback: () => void): void {
  unitOf(tx).afterCommit(callback)
}
