import { sql } from 'kysely'
import { dbNow, skipLocked } from '../../db/dialect/dialect.ts'
import type { Db, PushConfigRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { backoff } from '../../lib/backoff.ts'

const LEASE_MS = 60_000
const RETRY = { first: 1000, most: 10 * 60_000 }
/** With the pauses between them a receiver may be away for about an hour. */
const MAX_ATTEMPTS = 12
const KEPT_MS = 24 * 3600_000

export type DuePush = PushConfigRow & { rev: number }

/** Receivers that have not been told of the newest revision of their task, and may be told now. */
const due = (db: Db | Tx, now: number) =>
  db
    .selectFrom('pushConfigs')
    .innerJoin('tasks', 'tasks.id', 'pushConfigs.taskId')
    .whereRef('tasks.rev', '>', 'pushConfigs.toldRev')
    .where('pushConfigs.nextAttemptAt', '<=', now)
    .where((is) =>
      is.or([
        is('pushConfigs.leaseExpiresAt', 'is', null),
        is('pushConfigs.leaseExpiresAt', '<=', now),
      ]),
    )

/** Takes some of those that are due, for this replica alone for a minute. */
export async function leasePushes(db: Db, limit: number): Promise<DuePush[]> {
  // Most of the time there is nothing, and a look costs no write.
  const any = await due(db, await dbNow(db))
    .select('pushConfigs.id')
    .limit(1)
    .executeTakeFirst()
  if (!any) return []
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const taken = due(tx, now)
      .selectAll('pushConfigs')
      .select('tasks.rev')
      .orderBy('pushConfigs.nextAttemptAt')
      .limit(limit)
    const rows = await skipLocked(tx, taken).execute()
    for (const { taskId, id } of rows)
      await tx
        .updateTable('pushConfigs')
        .set({ leaseExpiresAt: now + LEASE_MS })
        .where('taskId', '=', taskId)
        .where('id', '=', id)
        .execute()
    return rows
  })
}

type Key = Pick<DuePush, 'taskId' | 'id' | 'rev' | 'attempts' | 'createdAt'>

/** The receiver has that revision. A later one is told next. */
export async function pushDelivered(db: Db, { taskId, id, rev, createdAt }: Key): Promise<void> {
  await transact(db, (tx) =>
    tx
      .updateTable('pushConfigs')
      .set({ toldRev: rev, attempts: 0, leaseExpiresAt: null, lastError: null })
      .where('taskId', '=', taskId)
      .where('id', '=', id)
      // Another configuration may have taken its place meanwhile.
      .where('createdAt', '=', createdAt)
      .execute(),
  )
}

/** Tried again later, with growing pauses; a revision that fails too often is given up, and the next one is told. */
export async function pushFailed(db: Db, key: Key, why: string): Promise<{ isGivenUp: boolean }> {
  const attempts = key.attempts + 1
  const isGivenUp = attempts >= MAX_ATTEMPTS
  await transact(db, async (tx) => {
    const now = await dbNow(tx)
    await tx
      .updateTable('pushConfigs')
      .set({
        lastError: why,
        leaseExpiresAt: null,
        ...(isGivenUp
          ? { attempts: 0, toldRev: key.rev, givenUp: sql`given_up + 1`, nextAttemptAt: now }
          : { attempts, nextAttemptAt: now + backoff(attempts, RETRY) }),
      } as never)
      .where('taskId', '=', key.taskId)
      .where('id', '=', key.id)
      .where('createdAt', '=', key.createdAt)
      .execute()
  })
  return { isGivenUp }
}

/** Neither told nor failed, as the server stops: anybody may take it at once. */
export async function pushCutOff(db: Db, { taskId, id, createdAt }: Key): Promise<void> {
  await transact(db, (tx) =>
    tx
      .updateTable('pushConfigs')
      .set({ leaseExpiresAt: null })
      .where('taskId', '=', taskId)
      .where('id', '=', id)
      .where('createdAt', '=', createdAt)
      .execute(),
  )
}

/** Those of tasks that ended a day ago, and of which the receiver knows all it will. */
export async function forgetPushes(db: Db): Promise<void> {
  const before = (await dbNow(db)) - KEPT_MS
  const over = await db
    .selectFrom('pushConfigs')
    .innerJoin('tasks', 'tasks.id', 'pushConfigs.taskId')
    .select(['pushConfigs.taskId', 'pushConfigs.id'])
    .where('tasks.endedAt', '<', before)
    .whereRef('tasks.rev', '<=', 'pushConfigs.toldRev')
    .limit(500)
    .execute()
  for (const { taskId, id } of over)
    await transact(db, (tx) =>
      tx.deleteFrom('pushConfigs').where('taskId', '=', taskId).where('id', '=', id).execute(),
    )
}
