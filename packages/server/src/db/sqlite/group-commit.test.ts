import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { openTestDatabase } from '../../testing/test-db.ts'
import { migrate } from '../migrate.ts'
import type { Queryable, Tx } from '../tables.ts'
import { transact } from '../transact.ts'

async function givenSqlite() {
  const database = await openTestDatabase('sqlite::memory:')
  await migrate(database)
  return database.db
}

const put = (tx: Tx, key: string) => tx.insertInto('meta').values({ key, value: '' }).execute()

async function keys(handle: Queryable): Promise<string[]> {
  const rows = await handle.selectFrom('meta').select('key').orderBy('key').execute()
  return rows.map(({ key }) => key)
}

/** A reference to a task that does not exist, found out at COMMIT only. */
async function breakCommit(tx: Tx) {
  await sql`pragma defer_foreign_keys = on`.execute(tx)
  await sql`insert into task_requests (task_id, text) values ('none', '')`.execute(tx)
}

test('callers of one turn share a commit: when it fails, none of them has written', async () => {
  const db = await givenSqlite()

  const outcomes = await Promise.allSettled([
    transact(db, (tx) => put(tx, 'a')),
    transact(db, breakCommit),
    transact(db, (tx) => put(tx, 'b')),
  ])

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await keys(db)).toEqual([])
})

test('after a failed commit the next one works', async () => {
  const db = await givenSqlite()
  await transact(db, breakCommit).catch(() => {})

  await transact(db, (tx) => put(tx, 'a'))

  expect(await keys(db)).toEqual(['a'])
})

test('callers of another turn do not share it', async () => {
  const db = await givenSqlite()

  const first = transact(db, (tx) => put(tx, 'a'))
  await nextTurn()
  const second = transact(db, breakCommit)

  await first
  await expect(second).rejects.toThrow(/FOREIGN KEY/)
  expect(await keys(db)).toEqual(['a'])
})

test('of many callers, 64 share a commit', async () => {
  const db = await givenSqlite()
  const ids = Array.from({ length: 64 + 1 }, (_, index) => index)

  const outcomes = await Promise.allSettled(
    ids.map((id) => transact<unknown>(db, id === 0 ? breakCommit : (tx) => put(tx, String(id)))),
  )

  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(64)
  expect(await keys(db)).toEqual(['64'])
})

test('one that fails is undone alone', async () => {
  const db = await givenSqlite()

  const outcomes = await Promise.allSettled([
    transact(db, (tx) => put(tx, 'a')),
    transact(db, async (tx) => {
      await put(tx, 'b')
      throw new Error('no')
    }),
    transact(db, (tx) => put(tx, 'c')),
  ])

  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await keys(db)).toEqual(['a', 'c'])
})

test('on a full disk nothing of that commit is kept, and small work goes on', async () => {
  const db = await givenSqlite()
  await transact(db, (tx) => put(tx, 'before'))

  const outcomes = await Promise.allSettled([
    transact(db, async (tx) => {
      await sql`pragma max_page_count = 1`.execute(tx)
      for (let n = 0; n < 1_000; n++) await put(tx, `${n} ${'x'.repeat(1_000)}`)
    }),
    transact(db, (tx) => put(tx, 'meanwhile')),
  ])

  expect(outcomes[0]).toMatchObject({ reason: { message: 'database or disk is full' } })
  const kept = outcomes[1].status === 'fulfilled' ? ['before', 'meanwhile'] : ['before']
  expect(await keys(db)).toEqual(kept)
  await transact(db, (tx) => put(tx, 'later'))
})

test('a read made meanwhile sees what is committed, never what may yet be undone', async () => {
  const db = await givenSqlite()
  const reads: Promise<string[]>[] = []
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const reading = begun.then(() => reads.push(keys(db)))

  const undone = transact(db, async (tx) => {
    await put(tx, 'a')
    begin()
    for (let turn = 0; turn < 20; turn++) await keys(tx)
    throw new Error('no')
  })
  await expect(undone).rejects.toThrow('no')
  await reading

  expect(await Promise.all(reads)).toEqual([[]])
})

test('each transaction keeps the async context of its caller', async () => {
  const { AsyncLocalStorage } = await import('node:async_hooks')
  const db = await givenSqlite()
  const caller = new AsyncLocalStorage<string>()
  const ask = (name: string) => caller.run(name, () => transact(db, async () => caller.getStore()))

  expect(await Promise.all(['a', 'b'].map(ask))).toEqual(['a', 'b'])
})
