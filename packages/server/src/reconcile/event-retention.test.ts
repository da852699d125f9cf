import { expect, test } from 'vitest'
import { insertEvent } from '../db/publish.ts'
import { transact } from '../db/transact.ts'
import { testServer } from '../testing/test-server.ts'
import { eventRetention } from './event-retention.ts'

const quiet = { info() {}, warn() {}, error() {} }
const DAY = 24 * 3600_000

test('CM-96: old events are forgotten, the newest ones never, and a reader that stands behind them is told to look anew', async () => {
  const server = await testServer()
  const { db, client } = server
  await client.workspaces.create({ name: 'first', external: true })
  const {
    id: _,
    seq: __,
    ...told
  } = await db.selectFrom('events').selectAll().limit(1).executeTakeFirstOrThrow()
  const at = Date.now() - 8 * DAY
  await transact(db, async (tx) => {
    for (let n = 0; n < 10_200; n += 1) await insertEvent(tx, { ...told, at })
  })
  await expect.poll(async () => (await client.events({ limit: 1 })).head).toBeGreaterThan(10_200)
  const head = (await client.events({ limit: 1 })).head
  const before = await client.events({ since: 0, limit: 1 })

  await eventRetention({ db, log: quiet, keepMs: 7 * DAY, everyMs: DAY }).round(
    new AbortController().signal,
  )

  const { count } = await db
    .selectFrom('events')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('at', '=', at)
    .executeTakeFirstOrThrow()
  expect(before.reset).toBe(false)
  expect(Number(count)).toBeLessThanOrEqual(10_000)
  expect(Number(count)).toBeGreaterThan(9_900)
  expect(await client.events({ since: head - 10_000, limit: 1 })).toMatchObject({ reset: false })
  await transact(db, (tx) =>
    tx
      .deleteFrom('events')
      .where('seq', '<', head - 9_000)
      .execute(),
  )
  expect(await client.events({ since: 1, limit: 1 })).toMatchObject({ reset: true })
})
