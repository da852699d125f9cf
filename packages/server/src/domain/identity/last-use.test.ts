import { expect, test } from 'vitest'
import type { Db } from '../../db/tables.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { givenOrg } from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { lastUse } from './last-use.ts'
import { createOrgToken } from './org-token.ts'

async function givenToken() {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const scopes = ['tasks:read' as const]
  const token = await createOrgToken(db, org.admin, { scopes, expires_in_s: 3600 })
  return { clock, db, token, use: lastUse(db, clock) }
}

const lastUsedAt = async (db: Db, { id }: { id: string }) => {
  const from = db.selectFrom('credentials').select('lastUsedAt').where('id', '=', id)
  return (await from.executeTakeFirstOrThrow()).lastUsedAt
}

test('CM-72: a request writes nothing by itself; the flush tells of it', async () => {
  const { clock, db, token, use } = await givenToken()

  use.saw(token)
  expect(await lastUsedAt(db, token)).toBeNull()
  await use.flush()

  expect(await lastUsedAt(db, token)).toBe(clock.now())
})

test('CM-72: however often it is used, a credential is written once a minute', async () => {
  const { clock, db, token, use } = await givenToken()
  const written = new Set<number | null>()

  for (let second = 0; second < 180; second++) {
    use.saw(token)
    await use.flush()
    written.add(await lastUsedAt(db, token))
    await clock.advance(1000)
  }

  expect(written.size).toBe(3)
})

test('what nobody is shown is not written', async () => {
  const { db, token, use } = await givenToken()

  use.saw({ ...token, kind: 'host' })
  await use.flush()

  expect(await lastUsedAt(db, token)).toBeNull()
})
