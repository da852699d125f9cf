import { expect, test } from 'vitest'
import { addEvent, givenEvent } from '../testing/given-event.ts'
import { postgresServer } from '../testing/postgres-server.ts'
import { clonePostgres, openTestDatabase, testDatabase } from '../testing/test-db.ts'
import type { Database } from './database.ts'
import { publish } from './publish.ts'
import type { Db } from './tables.ts'
import { transact } from './transact.ts'

const readAfter = (db: Db, cursor: number) =>
  db
    .selectFrom('events')
    .select(['id', 'seq', 'entityId'])
    .where('seq', '>', cursor)
    .orderBy('seq')
    .execute()

test('publish numbers events densely, in the order they were recorded', async () => {
  const database = await testDatabase()
  for (const entityId of ['a', 'b', 'c']) await givenEvent(database.db, { entityId })

  const head = await publish(database)

  expect(head).toBe(3)
  expect(await readAfter(database.db, 0)).toMatchObject([
    { seq: 1, entityId: 'a' },
    { seq: 2, entityId: 'b' },
    { seq: 3, entityId: 'c' },
  ])
})

test('CM-54: an event of a transaction that was undone leaves no gap', async () => {
  const database = await testDatabase()
  await givenEvent(database.db)
  const undone = transact(database.db, async (tx) => {
    await addEvent(tx)
    throw new Error('no')
  })
  await expect(undone).rejects.toThrow('no')
  await givenEvent(database.db)

  expect(await publish(database)).toBe(2)
  expect((await readAfter(database.db, 0)).map(({ seq }) => seq)).toEqual([1, 2])
})

test('publishing with nothing new answers the head', async () => {
  const database = await testDatabase()

  expect(await publish(database)).toBe(0)
  await givenEvent(database.db)
  expect(await publish(database)).toBe(1)
  expect(await publish(database)).toBe(1)
})

test('whoever publishes while another publishes has its own event numbered too', async () => {
  const database = await testDatabase()

  const heads = await Promise.all(
    [1, 2, 3, 4, 5].map(async () => {
      await givenEvent(database.db)
      return publish(database)
    }),
  )

  expect(Math.max(...heads)).toBe(5)
  expect(await readAfter(database.db, 0)).toHaveLength(5)
})

test('more events than one round stamps are all stamped', async () => {
  const database = await testDatabase()
  await transact(database.db, async (tx) => {
    for (let n = 0; n < 2_100; n++) await addEvent(tx)
  })

  expect(await publish(database)).toBe(2_100)
})

test('a reader that follows seq misses no event of many concurrent committers', async (context) => {
  const url = await clonePostgres(await postgresServer(context))
  const [writers, publisher, other] = await Promise.all([
    openTestDatabase(url),
    openTestDatabase(url),
    openTestDatabase(url),
  ])
  const committers = 16
  const each = 40
  const total = committers * each

  let isWriting = true
  const commitAll = Promise.all(
    Array.from({ length: committers }, (_, number) => commitSome(writers, number, each)),
  ).finally(() => {
    isWriting = false
  })
  const publishAll = [publisher, other].map(async (database) => {
    while (isWriting) await publish(database)
    await publish(database)
  })
  const seen: { seq: number | null; entityId: string }[] = []
  const follow = async () => {
    while (seen.length < total) {
      const events = await readAfter(other.db, seen.at(-1)?.seq ?? 0)
      seen.push(...events)
    }
  }
  await Promise.all([commitAll, ...publishAll, follow()])

  expect(seen.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1))
  expect(new Set(seen.map(({ entityId }) => entityId)).size).toBe(total)
})

/** Transactions of different length, so that ids do not become visible in their order. */
async function commitSome({ db }: Database, committer: number, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    await transact(db, async (tx) => {
      await addEvent(tx, { entityId: `${committer}/${n}` })
      for (let query = 0; query < (committer + n) % 5; query++) {
        await tx.selectFrom('feedHead').select('seq').execute()
      }
    })
  }
}
