import { sql } from 'kysely'
import { sharedRounds } from '../lib/shared-rounds.ts'
import { lockRow } from './dialect/dialect.ts'
import type { Database } from './handle.ts'
import { databaseOf } from './handle.ts'
import { prepared } from './prepared.ts'
import type { NewEvent, Tx } from './tables.ts'
import { transact } from './transact.ts'

/** How many events one transaction of `publish` stamps, so that it never holds its lock for long. */
const maxStampedAtOnce = 1_000

/** Call it last in the transaction: it takes the last lock. */
export async function insertEvent(tx: Tx, row: Omit<NewEvent, 'id' | 'seq'>): Promise<void> {
  const [head] = databaseOf(tx).dialect.stampsAtInsert ? await raisedHead(tx, {}) : []
  await insertRow(tx, { ...row, seq: head?.seq ?? null })
}

const insertRow = prepared((tx, row: Omit<NewEvent, 'id'>) =>
  tx.insertInto('events').values({
    seq: row.seq,
    orgId: row.orgId,
    event: row.event,
    workspaceId: row.workspaceId,
    entity: row.entity,
    entityId: row.entityId,
    rev: row.rev,
    actor: row.actor,
    payload: row.payload,
    at: row.at,
  }),
)

const raisedHead = prepared((tx) =>
  tx
    .updateTable('feedHead')
    .set((eb) => ({ seq: eb('seq', '+', 1) }))
    .where('id', '=', 1)
    .returning('seq'),
)

const rounds = new WeakMap<Database, () => Promise<number>>()

/**
 * Stamps a dense `seq` on committed events, in order of id, and answers the head of the feed. One
 * round at a time: callers meanwhile share the next, which sees what they committed.
 */
export function publish(database: Database): Promise<number> {
  const known = rounds.get(database)
  if (known) return known()
  const round = sharedRounds(() => stampAll(database))
  rounds.set(database, round)
  return round()
}

async function stampAll(database: Database): Promise<number> {
  if (database.dialect.stampsAtInsert || !(await hasUnstamped(database))) return readHead(database)
  const { head, isDone } = await transact(database.db, stampSome)
  return isDone ? head : stampAll(database)
}

/** The lock comes in a statement of its own: the next one then sees all that was stamped before it. */
async function stampSome(tx: Tx): Promise<{ head: number; isDone: boolean }> {
  await lockRow(tx, 'feedHead', 1)
  const head = await tx
    .with('fresh', (query) =>
      query
        .selectFrom('events')
        .select((eb) => [
          'id',
          eb.fn
            .agg<number>('row_number')
            .over((o) => o.orderBy('id'))
            .as('no'),
        ])
        .where('seq', 'is', null)
        .orderBy('id')
        .limit(maxStampedAtOnce),
    )
    .with('stamped', (query) =>
      query
        .updateTable('events')
        .from(['fresh', 'feedHead'])
        .set({ seq: sql<number>`feed_head.seq + fresh.no` })
        .whereRef('events.id', '=', 'fresh.id')
        .returning('events.id'),
    )
    .updateTable('feedHead')
    .set((eb) => ({
      seq: sql<number>`seq + ${eb.selectFrom('stamped').select(eb.fn.countAll().as('n'))}`,
    }))
    .returning(['seq', sql<number>`(select count(*) from stamped)`.as('count')])
    .executeTakeFirstOrThrow()
  return { head: head.seq, isDone: head.count < maxStampedAtOnce }
}

async function hasUnstamped({ db }: Database): Promise<boolean> {
  const event = await db
    .selectFrom('events')
    .select('id')
    .where('seq', 'is', null)
    .limit(1)
    .executeTakeFirst()
  return event !== undefined
}

async function readHead({ db }: Database): Promise<number> {
  const head = await db
    .selectFrom('feedHead')
    .select('seq')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  return head.seq
}
