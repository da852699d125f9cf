import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { fetch, spawn } from '../lib/outside-transaction.ts'
import { testDatabase, testDb } from '../testing/test-db.ts'
import { wakesOf } from './notify.ts'
import type { Queryable, Tx } from './tables.ts'
import { afterCommit, transact } from './transact.ts'

const put = (tx: Tx, key: string, value = '') =>
  tx.insertInto('meta').values({ key, value }).execute()

async function keys(handle: Queryable): Promise<string[]> {
  const rows = await handle.selectFrom('meta').select('key').orderBy('key').execute()
  return rows.map(({ key }) => key)
}

test('what a transaction wrote is there, and what it returned is answered', async () => {
  const db = await testDb()

  const seen = await transact(db, async (tx) => {
    await put(tx, 'a')
    return keys(tx)
  })

  expect(seen).toEqual(['a'])
  expect(await keys(db)).toEqual(['a'])
})

test('a transaction that throws leaves nothing behind', async () => {
  const db = await testDb()

  const failed = transact(db, async (tx) => {
    await put(tx, 'a')
    throw new Error('changed my mind')
  })

  await expect(failed).rejects.toThrow('changed my mind')
  expect(await keys(db)).toEqual([])
})

test('a failed statement fails the transaction, even when its error is caught', async () => {
  const db = await testDb()
  await transact(db, (tx) => put(tx, 'taken'))

  const failed = transact(db, async (tx) => {
    await put(tx, 'new')
    await put(tx, 'taken').catch(() => {})
  })

  await expect(failed).rejects.toThrow(/unique/i)
  expect(await keys(db)).toEqual(['taken'])
})

test('after a failed statement no other runs in that transaction', async () => {
  const db = await testDb()
  let later: unknown

  const failed = transact(db, async (tx) => {
    await sql`select no_such_thing`.execute(tx).catch(() => {})
    later = await keys(tx).catch((error: unknown) => error)
  })

  await expect(failed).rejects.toThrow(/no_such_thing/)
  expect(later).toMatchObject({ message: 'this transaction failed earlier' })
})

test('queries of one transaction may be asked at once', async () => {
  const db = await testDb()

  await transact(db, (tx) => Promise.all(['a', 'b', 'c'].map((key) => put(tx, key))))

  expect(await keys(db)).toEqual(['a', 'b', 'c'])
})

test.each([
  ['a query on the outer handle', (db) => keys(db)],
  ['a nested transact', (db) => transact(db, async () => {})],
  ['fetch', () => fetch('http://127.0.0.1:9')],
  ['spawn', async () => spawn('true')],
  ['a wake-up', async (db) => wakesOf(db).notify(['feed'])],
] satisfies [string, (db: Awaited<ReturnType<typeof testDb>>) => Promise<unknown>][])(
  'inside a transaction %s is refused at once',
  async (_, attempt) => {
    const db = await testDb()

    const refused = transact(db, async (tx) => {
      await put(tx, 'a')
      await attempt(db)
    })

    await expect(refused).rejects.toThrow('not allowed inside transact()')
    expect(await keys(db)).toEqual([])
  },
)

test('what a transaction starts and does not await is free when it is over', async () => {
  const db = await testDb()
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  let later: Promise<string[]> | undefined

  await transact(db, async (tx) => {
    await put(tx, 'a')
    later = over.then(() => keys(db))
  })
  end()

  expect(await later).toEqual(['a'])
})

test('a tx is of no use after its transaction', async () => {
  const db = await testDb()

  const escaped = await transact(db, async (tx) => ({ tx }))

  await expect(keys(escaped.tx)).rejects.toThrow('this transaction is over')
})

test.each([
  ['an insert', (db) => put(db as unknown as Tx, 'a')],
  ['a raw update', (db) => sql`update meta set value = 'b'`.execute(db)],
  [
    'a write behind a with',
    (db) =>
      sql`with gone as (select 1) delete from meta where key in (select key from meta)`.execute(db),
  ],
  ['a new table', (db) => sql`create table surprise (id integer)`.execute(db)],
] satisfies [string, (db: Queryable) => Promise<unknown>][])(
  'outside transact %s is refused',
  async (_, write) => {
    const db = await testDb()

    await expect(write(db)).rejects.toThrow(/outside transact|read-only/)
  },
)

test('a transaction that Kysely itself would begin is refused', async () => {
  const db = await testDb()

  const begun = db.transaction().execute(async () => {})

  await expect(begun).rejects.toThrow('use transact()')
})

test('a transaction that awaits no query is ended, and the next goes on', async () => {
  const database = await testDatabase()

  const stalled = database.transact(
    async (tx) => {
      await put(tx, 'a')
      await new Promise(() => {})
    },
    { maxMs: 50 },
  )

  await expect(stalled).rejects.toThrow('awaits something that is not a query')
  await transact(database.db, (tx) => put(tx, 'b'))
  expect(await keys(database.db)).toEqual(['b'])
})

test('a callback runs after the commit, before the answer', async () => {
  const db = await testDb()
  const seen: Promise<string[]>[] = []

  await transact(db, async (tx) => {
    afterCommit(tx, () => seen.push(keys(db)))
    await put(tx, 'a')
    expect(seen).toEqual([])
  })

  expect(await Promise.all(seen)).toEqual([['a']])
})

test('a callback does not run after a rollback', async () => {
  const db = await testDb()
  let ran = 0

  const failed = transact(db, async (tx) => {
    afterCommit(tx, () => ran++)
    await put(tx, 'a')
    throw new Error('no')
  })

  await expect(failed).rejects.toThrow('no')
  expect(ran).toBe(0)
})

test('a callback that throws is told of and does not make the transaction fail', async () => {
  const errors: unknown[] = []
  const { db } = await testDatabase({ onError: (error) => errors.push(error) })

  await transact(db, async (tx) => {
    afterCommit(tx, () => {
      throw new Error('deaf')
    })
    await put(tx, 'a')
  })

  expect(errors).toMatchObject([{ message: 'deaf' }])
  expect(await keys(db)).toEqual(['a'])
})

test('many callers at once are all served', async () => {
  const db = await testDb()
  const names = Array.from({ length: 300 }, (_, index) => String(index).padStart(3, '0'))

  await Promise.all(names.map((name) => transact(db, (tx) => put(tx, name))))

  expect(await keys(db)).toEqual(names)
})

test('a closed database refuses work and closes once', async () => {
  const database = await testDatabase()

  await Promise.all([database.close(), database.close()])

  await expect(keys(database.db)).rejects.toThrow()
  await expect(transact(database.db, async () => {})).rejects.toThrow()
})
