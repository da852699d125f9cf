import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { fakeClock } from '../testing/fake-clock.ts'
import { postgresServer } from '../testing/postgres-server.ts'
import { clonePostgres, openTestDatabase, testDatabase } from '../testing/test-db.ts'
import type { Database } from './database.ts'
import { wakes } from './notify.ts'

const forever = { signal: new AbortController().signal, timeoutMs: 15_000 }

test('who waits for a key is woken by it and by no other', async () => {
  const clock = fakeClock()
  const { notify, waitFor } = wakes(await testDatabase({ clock }))
  const asked = waitFor('task:1', { ...forever, timeoutMs: 1_000 })
  const other = waitFor('task:2', { ...forever, timeoutMs: 1_000 })

  notify(['task:1', 'ws:1'])
  await clock.advance(1_000)

  expect(await asked).toBe(true)
  expect(await other).toBe(false)
  expect(clock.pending()).toBe(0)
})

test('who stops waiting gets the reason and leaves nothing behind', async () => {
  const clock = fakeClock()
  const { waitFor } = wakes(await testDatabase({ clock }))
  const stop = new AbortController()
  const waiting = waitFor('feed', { signal: stop.signal, timeoutMs: 1_000 })

  stop.abort(new Error('gone'))

  await expect(waiting).rejects.toThrow('gone')
  await expect(waitFor('feed', { signal: stop.signal, timeoutMs: 1 })).rejects.toThrow('gone')
  expect(clock.pending()).toBe(0)
})

test('a subscriber hears every notification until it leaves', async () => {
  const { notify, subscribe } = wakes(await testDatabase())
  let heard = 0
  const leave = subscribe('feed', () => heard++)

  notify(['feed'])
  notify(['feed'])
  leave()
  notify(['feed'])

  expect(heard).toBe(2)
})

test('a key that is none is refused', async () => {
  const { notify } = wakes(await testDatabase())

  expect(() => notify(['two words'])).toThrow('not a key')
  expect(() => notify(['*'])).toThrow('not a key')
})

test('a wake-up reaches the other servers on the database', async (context) => {
  const url = await clonePostgres(await postgresServer(context))
  const [here, there] = await Promise.all([openTestDatabase(url), openTestDatabase(url)])
  await Promise.all([connected(here), connected(there)])

  const woken = wakes(there).waitFor('ws:7', forever)
  wakes(here).notify(['ws:7'])

  expect(await woken).toBe(true)
})

test('many keys at once wake everybody there', async (context) => {
  const url = await clonePostgres(await postgresServer(context))
  const [here, there] = await Promise.all([openTestDatabase(url), openTestDatabase(url)])
  await Promise.all([connected(here), connected(there)])

  const woken = wakes(there).waitFor('feed', forever)
  wakes(here).notify(Array.from({ length: 500 }, (_, n) => `task:${n}`))

  expect(await woken).toBe(true)
})

test('a listener that loses its connection makes a new one and wakes everybody', async (context) => {
  const url = await clonePostgres(await postgresServer(context))
  const errors: unknown[] = []
  const here = await openTestDatabase(url, { onError: (error) => errors.push(error) })
  await connected(here)

  const woken = wakes(here).waitFor('ws:7', forever)
  const admin = await openTestDatabase(url)
  await endListeners(admin)

  expect(await woken).toBe(true)
  expect(errors).toMatchObject([{ code: '57P01' }])
})

/** Everybody is woken once, when the channel is open. */
const connected = (database: Database) => wakes(database).waitFor('feed', forever)

async function endListeners({ db }: Database): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like 'listen%'
  `.execute(db)
}
