import { sql } from 'kysely'
import { databaseOf } from './handle.ts'
import type { Db, Tx } from './tables.ts'
import { transact } from './transact.ts'

/** Several reads that see one and the same state. */
export async function snapshotRead<T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(db, async (tx) => {
    if (databaseOf(tx).kind === 'postgres')
      await sql`set transaction isolation level repeatable read read only`.execute(tx)
    return read(tx)
  })
}
