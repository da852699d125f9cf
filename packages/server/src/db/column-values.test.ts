import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { givenEvent } from '../testing/given-event.ts'
import { testDb } from '../testing/test-db.ts'
import { unitOf } from './handle.ts'
import type { Db } from './tables.ts'
import { transact } from './transact.ts'

const put = (db: Db, key: string, value: string) =>
  transact(db, (tx) => tx.insertInto('meta').values({ key, value }).execute())

async function one<T>(db: Db, query: ReturnType<typeof sql<{ value: T }>>): Promise<T | undefined> {
  const { rows } = await query.execute(db)
  return rows[0]?.value
}

test('JSON is stored whole and loaded whole, names inside it untouched', async () => {
  const db = await testDb()
  const payload = { snake_case: 1, camelCase: [{ inner_name: null }], text: 'a\u0000\ud800"' }

  await givenEvent(db, { payload })

  const [event] = await db.selectFrom('events').select(['payload', 'workspaceId']).execute()
  expect(event?.payload).toEqual(payload)
})

test('a JSON column is known by its name, in returning and in SQL of our own too', async () => {
  const db = await testDb()

  const found = await transact(db, async (tx) => {
    await unitOf(tx).script('create table samples (id integer, handle text)')
    await sql`insert into samples (id, handle) values (1, null), (2, ${{ pid: 7 }})`.execute(tx)
    return sql`update samples set id = id + 1 returning handle`.execute(tx)
  })

  expect(found.rows).toEqual([{ handle: null }, { handle: { pid: 7 } }])
})

test('counts, sums and large integers are numbers', async () => {
  const db = await testDb()
  const large = Number.MAX_SAFE_INTEGER

  const found = await one<number>(
    db,
    sql`select cast(${large} as bigint) as value union all select ${-large} order by 1 desc`,
  )
  const sum = await one<number>(
    db,
    sql`select sum(n) as value from (select cast(1 as bigint) as n union all select 2) as numbers`,
  )

  expect(found).toBe(large)
  expect(sum).toBe(3)
})

test('an integer that a number cannot hold is an error, in both directions', async () => {
  const db = await testDb()

  const [read, written] = await Promise.allSettled([
    one(db, sql`select cast('9007199254740993' as bigint) as value`),
    one(db, sql`select cast(${2 ** 53} as bigint) as value`),
  ])

  expect(read).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) })
  expect(written).toMatchObject({ status: 'rejected', reason: expect.any(RangeError) })
})

test('an integer parameter is an integer, not a real', async () => {
  const db = await testDb()

  expect(await one(db, sql`select cast(${7} as bigint) / 2 as value`)).toBe(3)
  expect(await one(db, sql`select 'n' || cast(${7} as text) as value`)).toBe('n7')
})

test('truth is 1 or 0', async () => {
  const db = await testDb()

  const found = await sql<{ yes: number; no: number; given: number }>`
    select 1 = 1 as yes, 1 = 2 as no, cast(${true} as integer) as given
  `.execute(db)

  expect(found.rows).toEqual([{ yes: 1, no: 0, given: 1 }])
})

test.each([
  [undefined],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [new Date(0)],
  [Buffer.from('a')],
])('a parameter %s is refused', async (value) => {
  const db = await testDb()

  await expect(one(db, sql`select ${value} as value`)).rejects.toThrow('a query parameter is')
})

test('text loses NUL, and half a character becomes the sign for it', async () => {
  const db = await testDb()

  await put(db, 'a\0b', 'x\ud800y')

  const rows = await db.selectFrom('meta').selectAll().where('key', '=', 'a\0b').execute()
  expect(rows).toEqual([{ key: 'ab', value: 'x\ufffdy' }])
})

test('text is ordered by code point', async () => {
  const db = await testDb()
  for (const key of ['b', 'A', 'a', 'B', 'ä', '_']) await put(db, key, '')

  const rows = await db.selectFrom('meta').select('key').orderBy('key').execute()

  expect(rows.map(({ key }) => key)).toEqual(['A', 'B', '_', 'a', 'b', 'ä'])
})

test('a change says how many rows it met', async () => {
  const db = await testDb()
  await put(db, 'a', '1')

  const [hit, miss] = await transact(db, async (tx) => [
    await tx.updateTable('meta').set({ value: '1' }).where('key', '=', 'a').executeTakeFirst(),
    await tx.updateTable('meta').set({ value: '1' }).where('key', '=', 'b').executeTakeFirst(),
  ])

  expect([hit?.numUpdatedRows, miss?.numUpdatedRows]).toEqual([1n, 0n])
})
