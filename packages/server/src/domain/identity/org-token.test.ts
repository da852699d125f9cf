import type { Right } from '@molecule/contract/identity'
import { expect, test } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.ts'
import { givenOrg } from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { findCredential } from './credential-store.ts'
import { createOrgToken, revokeOrgToken, rotateOrgToken } from './org-token.ts'
import type { Principal } from './principal.ts'
import { listOrgTokens } from './token-store.ts'

const HOUR_MS = 60 * 60 * 1000

async function givenOrgOnly() {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const create = (scopes: Right[], by: Principal = org.admin, lifetimeS = 3600) =>
    createOrgToken(db, by, { name: 'ci', scopes, expires_in_s: lifetimeS })
  const isGood = async ({ token }: { token: string }) => Boolean(await findCredential(db, token))
  const tokenWith = (scopes: Right[]): Principal => ({
    kind: 'org_token',
    orgId: org.orgId,
    credentialId: 'minter',
    name: 'minter',
    scopes,
  })
  return { clock, db, org, create, isGood, tokenWith }
}

test('CM-07: a token has scopes, an owner and an end', async () => {
  const { clock, db, org, create, isGood } = await givenOrgOnly()

  const token = await create(['tasks:read'], org.admin, 60)

  expect(token).toMatchObject({ scopes: ['tasks:read'], createdBy: 'admin', name: 'ci' })
  expect(await isGood(token)).toBe(true)
  await clock.advance(60_000)
  expect(await isGood(token)).toBe(false)
  expect(await listOrgTokens(db, org.scope)).toEqual([])
})

test('CM-07: nobody mints more than they may do themselves', async () => {
  const { create, tokenWith } = await givenOrgOnly()
  const minter = tokenWith(['org:admin', 'tasks:read'])

  const minting = create(['tasks:read', 'secrets:read', 'secrets:write'], minter)

  await expect(minting).rejects.toMatchObject({
    code: 'forbidden',
    extra: { missing: ['secrets:read', 'secrets:write'] },
  })
  expect(await create(['tasks:read'], minter)).toMatchObject({ createdBy: 'token:minter' })
})

test('CM-07: nor gets it by rotating the token of someone else', async () => {
  const { db, create, isGood, tokenWith } = await givenOrgOnly()
  const strong = await create(['secrets:write'])

  const rotating = rotateOrgToken(db, tokenWith(['org:admin']), { id: strong.id, overlapS: 0 })

  await expect(rotating).rejects.toMatchObject({ code: 'forbidden' })
  expect(await isGood(strong)).toBe(true)
})

test('a rotated token keeps name, scopes and lifetime; the old one ends', async () => {
  const { clock, db, org, create, isGood } = await givenOrgOnly()
  const old = await create(['tasks:read', 'tasks:write'], org.admin, 3600)
  await clock.advance(1_800_000)

  const fresh = await rotateOrgToken(db, org.admin, { id: old.id, overlapS: 0 })

  expect(fresh).toMatchObject({ name: 'ci', scopes: ['tasks:read', 'tasks:write'] })
  expect(fresh.expiresAt).toBe(clock.now() + 3_600_000)
  expect([await isGood(old), await isGood(fresh)]).toEqual([false, true])
})

test('an overlap honors the old token for that long, and never beyond its own end', async () => {
  const { clock, db, org, create, isGood } = await givenOrgOnly()
  const long = await create(['tasks:read'], org.admin, 3600)
  const short = await create(['tasks:read'], org.admin, 60)

  for (const { id } of [long, short]) await rotateOrgToken(db, org.admin, { id, overlapS: 120 })

  expect([await isGood(long), await isGood(short)]).toEqual([true, true])
  await clock.advance(60_000)
  expect([await isGood(long), await isGood(short)]).toEqual([true, false])
  await clock.advance(60_000)
  expect(await isGood(long)).toBe(false)
})

test.each([0, 600])(
  'of two rotations of one token one is refused (overlap %i s)',
  async (overlapS) => {
    const { db, org, create } = await givenOrgOnly()
    const { id } = await create(['tasks:read'])
    const rotate = () => rotateOrgToken(db, org.admin, { id, overlapS })

    const ends = await Promise.allSettled([rotate(), rotate()])

    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    expect(lost).toMatchObject([
      { code: 'conflict', hint: expect.stringContaining('list the tokens') },
    ])
  },
)

test('what is revoked, expired or of another org can be neither rotated nor revoked', async () => {
  const { clock, db, org, create } = await givenOrgOnly()
  const elsewhere = await givenOrg(db)
  const expired = await create(['tasks:read'], org.admin, 60)
  const revoked = await create(['tasks:read'])
  const foreign = await create(['tasks:read'], elsewhere.admin)
  await revokeOrgToken(db, org.admin, revoked.id)
  await clock.advance(60_000)

  for (const { id } of [expired, revoked, foreign]) {
    const notFound = { code: 'not_found' }
    const rotating = rotateOrgToken(db, org.admin, { id, overlapS: 0 })
    await expect(rotating).rejects.toMatchObject(notFound)
    await expect(revokeOrgToken(db, org.admin, id)).rejects.toMatchObject(notFound)
  }
})

test('CM-07: ten tokens an hour for each minter, rotations and revoked ones included', async () => {
  const { clock, db, org, create, tokenWith } = await givenOrgOnly()
  for (let n = 0; n < 9; n++) await revokeOrgToken(db, org.admin, (await create(['tasks:read'])).id)
  const last = await create(['tasks:read'], org.admin, 7200)
  const limit = { code: 'limit_reached', hint: expect.stringContaining('Wait') }

  await expect(create(['tasks:read'])).rejects.toMatchObject(limit)
  const rotating = rotateOrgToken(db, org.admin, { id: last.id, overlapS: 0 })
  await expect(rotating).rejects.toMatchObject(limit)
  await create(['tasks:read'], tokenWith(['org:admin', 'tasks:read']))
  await clock.advance(HOUR_MS)

  expect(await create(['tasks:read'])).toMatchObject({ createdBy: 'admin' })
})

test('ten mints at a time are counted as ten mints in a row', async () => {
  const { create } = await givenOrgOnly()

  const ends = await Promise.allSettled(Array.from({ length: 14 }, () => create(['tasks:read'])))

  expect(ends.filter((end) => end.status === 'fulfilled')).toHaveLength(10)
})

test('each change is audited by who made it, never with the token', async () => {
  const { db, org, create } = await givenOrgOnly()
  const first = await create(['tasks:read'])
  const fresh = await rotateOrgToken(db, org.admin, { id: first.id, overlapS: 30 })
  await revokeOrgToken(db, org.admin, fresh.id)

  const rows = await db.selectFrom('audit').selectAll().orderBy('seq').execute()

  expect(rows.map((row) => [row.action, row.entityId])).toEqual([
    ['org_token.create', first.id],
    ['org_token.rotate', fresh.id],
    ['org_token.revoke', fresh.id],
  ])
  expect(rows[0]?.after).toContain('tasks:read')
  for (const { token } of [first, fresh]) expect(JSON.stringify(rows)).not.toContain(token)
})
