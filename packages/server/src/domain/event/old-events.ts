import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'

/** More than any watcher is caught up by: one that was away for less misses nothing, whatever its age. */
const ALWAYS_KEPT = 10_000
const AT_ONCE = 500

/** Forgets stamped events of that age, a page at a time; answers how many. What they told is in the rows they told of. */
export async function forgetEvents(db: Db, olderThanMs: number): Promise<number> {
  const before = (await dbNow(db)) - olderThanMs
  const { seq: head } = await db.selectFrom('feedHead').select('seq').executeTakeFirstOrThrow()
  const found = await db
    .selectFrom('events')
    .select('id')
    .where('seq', '<=', head - ALWAYS_KEPT)
    .where('at', '<', before)
    .orderBy('seq')
    .limit(AT_ONCE)
    .execute()
  if (found.length === 0) return 0
  const ids = found.map(({ id }) => id)
  await transact(db, (tx) => tx.deleteFrom('events').where('id', 'in', ids).execute())
  return found.length
}

/** Whether events behind that position have been forgotten: whoever stands there takes a snapshot. */
export async function isForgotten(db: Queryable, since: number): Promise<boolean> {
  const oldest = await db
    .selectFrom('events')
    .select('seq')
    .where('seq', 'is not', null)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst()
  return oldest?.seq != null && since < oldest.seq - 1
}
