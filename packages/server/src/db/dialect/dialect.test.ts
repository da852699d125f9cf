import { setTimeout as sleep } from 'node:timers/promises'
import { expect, type TestContext, test } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.ts'
import { addEvent } from '../../testing/given-event.ts'
import { postgresServer } from '../../testing/postgres-server.ts'
import { clonePostgres, openTestDatabase, testDatabase, testDb } from '../../testing/test-db.ts'
import { transact } from '../transact.ts'
import { dbNow, isUniqueViolation, lockRow, skipLocked } from './dialect.ts'

async function givenTwoConnections(context: TestContext) {
  const url = await clonePostgres(await postgresServer(context))
  const [here, there] = await Promise.all([openTestDatabase(url), openTestDatabase(url)])
  return { here: here.db, there: there.db }
}

test('whoever asks for a locked row waits for the transaction that holds it', async (context) => {
  const { here, there } = await givenTwoConnections(context)
  const order: string[] = []
  const { promise: locked, resolve: tellLocked } = Promise.withResolvers<void>()

  const first = transact(here, async (tx) => {
    await lockRow(tx, 'feedHead', 1)
    tellLocked()
    await sleep(100)
    order.push('first')
  })
  await locked
  const second = transact(there, async (tx) => {
    await lockRow(tx, 'feedHead', 1)
    order.push('second')
  })
  await Promise.all([first, second])

  expect(order).toEqual(['first', 'second'])
})

test('reading, changing and writing back under the lock loses no change', async (context) => {
  const { here, there } = await givenTwoConnections(context)
  const raise = (db: typeof here) =>
    transact(db, async (tx) => {
      await lockRow(tx, 'feedHead', 1)
      const { seq } = await tx.selectFrom('feedHead').select('seq').executeTakeFirstOrThrow()
      await tx
        .updateTable('feedHead')
        .set({ seq: seq + 1 })
        .execute()
    })

  await Promise.all(Array.from({ length: 40 }, (_, n) => raise(n % 2 === 0 ? here : there)))

  expect(await here.selectFrom('feedHead').select('seq').execute()).toEqual([{ seq: 40 }])
})

test('a select that skips what is locked hands each row to one taker', async (context) => {
  const { here, there } = await givenTwoConnections(context)
  await transact(here, async (tx) => {
    for (let n = 0; n < 40; n++) await addEvent(tx, { entityId: String(n) })
  })
  const take = (db: typeof here) =>
    transact(db, async (tx) => {
      const open = tx.selectFrom('events').select(['id', 'entityId']).where('rev', '=', 1).limit(1)
      const row = await skipLocked(tx, open).executeTakeFirst()
      if (!row) return undefined
      await tx.updateTable('events').set({ seq: row.id }).where('id', '=', row.id).execute()
      await tx.deleteFrom('events').where('id', '=', row.id).execute()
      return row.entityId
    })

  const taken = await Promise.all(
    Array.from({ length: 40 }, (_, n) => take(n % 2 === 0 ? here : there)),
  )

  const rows = taken.filter((entityId) => entityId !== undefined)
  expect(new Set(rows).size).toBe(rows.length)
  expect(rows.length).toBeGreaterThan(0)
})

test('two transactions that lock each other out both end', async (context) => {
  const { here, there } = await givenTwoConnections(context)
  await transact(here, async (tx) => {
    for (const key of ['a', 'b']) await tx.insertInto('meta').values({ key, value: '' }).execute()
  })
  const change = (db: typeof here, keys: string[]) =>
    transact(db, async (tx) => {
      for (const key of keys) {
        await tx.updateTable('meta').set({ value: keys.join() }).where('key', '=', key).execute()
        await sleep(30)
      }
    })

  await Promise.all([change(here, ['a', 'b']), change(there, ['b', 'a'])])

  const values = await here.selectFrom('meta').select('value').distinct().execute()
  expect(values).toHaveLength(1)
})

test('the time is the same inside and outside a transaction, and moves with the clock', async () => {
  const clock = fakeClock()
  const { db } = await testDatabase({ clock })

  const before = await dbNow(db)
  await clock.advance(1_500)

  expect(await transact(db, dbNow)).toBe(before + 1_500)
})

test('without a clock of its own the database tells the real time', async () => {
  const db = await testDb()

  const now = await dbNow(db)

  expect(Number.isInteger(now)).toBe(true)
  expect(Math.abs(now - Date.now())).toBeLessThan(5_000)
})

test('a key that exists is told apart from every other failure', async () => {
  const db = await testDb()
  const put = (value: string | null) =>
    transact(db, (tx) =>
      tx
        .insertInto('meta')
        .values({ key: 'a', value: value as string })
        .execute(),
    ).catch((error: unknown) => isUniqueViolation(db, error))

  await put('')

  expect(await put('')).toBe(true)
  expect(await put(null)).toBe(false)
})
