import type { WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { expect, type TestContext, test } from 'vitest'
import { lockRow } from '../../db/dialect/dialect.ts'
import type { Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { givenOrg, givenWorkspace } from '../../testing/given.ts'
import { postgresServer } from '../../testing/postgres-server.ts'
import { clonePostgres, openTestDatabase, testDb } from '../../testing/test-db.ts'
import { removeWorkspace } from '../workspace/workspace-remove.ts'
import { listWorkspaces } from '../workspace/workspace-store.ts'
import { findCredential } from './credential-store.ts'
import { listWorkspaceTokens } from './token-store.ts'
import {
  createWorkspaceToken,
  revokeWorkspaceToken,
  rotateWorkspaceTokens,
} from './workspace-token.ts'

async function givenTokens(names: string[] = ['first']) {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  const create = (name: string) => createWorkspaceToken(db, org.admin, id, { name })
  const tokens = []
  for (const name of names) tokens.push(await create(name))
  const rotate = (overlapS = 0, ifNewest?: string) =>
    rotateWorkspaceTokens(db, org.admin, id, { overlapS, ifNewest })
  const live = async () => (await listWorkspaceTokens(db, org.scope, id)).map((each) => each.id)
  const isGood = async ({ token }: { token: string }) => Boolean(await findCredential(db, token))
  return { clock, db, org, id, tokens, create, rotate, live, isGood }
}

test('a rotation leaves one token, and the name of the newest', async () => {
  const { tokens, rotate, live, isGood } = await givenTokens(['old', 'newer'])

  const fresh = await rotate()

  expect(await live()).toEqual([fresh.id])
  expect(fresh.name).toBe('newer')
  expect(await Promise.all([...tokens, fresh].map(isGood))).toEqual([false, false, true])
})

test('CM-09: with an overlap the old tokens are honored until it is over, and no longer', async () => {
  const { clock, tokens, rotate, live, isGood } = await givenTokens(['a', 'b'])

  const fresh = await rotate(60)
  const during = await Promise.all([...tokens, fresh].map(isGood))
  await clock.advance(60_000)
  const after = await Promise.all([...tokens, fresh].map(isGood))

  expect(during).toEqual([true, true, true])
  expect(after).toEqual([false, false, true])
  expect(await live()).toEqual([fresh.id])
})

test('a second overlap does not prolong the first', async () => {
  const { clock, tokens, rotate, isGood } = await givenTokens()
  const second = await rotate(60)
  await clock.advance(30_000)

  await rotate(3600)
  await clock.advance(30_000)

  expect(await Promise.all([...tokens, second].map(isGood))).toEqual([false, true])
})

test('CM-09: a rotation that is refused revokes nothing', async () => {
  const { tokens, create, rotate, isGood } = await givenTokens()
  const unseen = await create('of someone else')

  await expect(rotate(0, tokens[0]?.id)).rejects.toMatchObject({ code: 'conflict' })

  expect(await Promise.all([...tokens, unseen].map(isGood))).toEqual([true, true])
})

test('CM-09: of two rotations that know the same newest token one is refused', async () => {
  const { tokens, rotate, live } = await givenTokens()
  const known = tokens[0]?.id

  const ends = await Promise.allSettled([rotate(0, known), rotate(0, known)])

  expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected'])
  const won = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.id] : []))
  expect(await live()).toEqual(won)
})

test.for([
  ['at once', 0],
  ['with an overlap', 600],
] as const)(
  'CM-09: of two servers that rotate %s one is refused',
  async ([, overlapS], context) => {
    const { servers, org, id, before } = await givenServers(context)
    const rotate = (db: Db) => rotateWorkspaceTokens(db, org.admin, id, { overlapS })

    const ends = await whileLocked(servers, id, () => Promise.allSettled(servers.map(rotate)))

    const won = ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value.id] : []))
    const lost = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []))
    expect(won).toHaveLength(1)
    expect(lost).toMatchObject([{ code: 'conflict', hint: expect.stringContaining('Nothing was') }])
    const live = (await listWorkspaceTokens(servers[0], org.scope, id)).map((each) => each.id)
    expect(live).toEqual(overlapS === 0 ? won : [...won, before.id])
  },
)

/** Two servers on one Postgres, and a workspace with a token. */
async function givenServers(context: TestContext) {
  const url = await clonePostgres(await postgresServer(context))
  const { db: here } = await openTestDatabase(url)
  const { db: there } = await openTestDatabase(url)
  const org = await givenOrg(here)
  const { id } = await givenWorkspace(here, org)
  const before = await createWorkspaceToken(here, org.admin, id, {})
  return { servers: [here, there] as const, org, id, before }
}

/** Holds the workspace until both servers wait for it, so that both have looked before either goes on. */
async function whileLocked<T>([here]: readonly [Db, Db], id: WorkspaceId, work: () => Promise<T>) {
  const locked = Promise.withResolvers<void>()
  const bothWait = Promise.withResolvers<void>()
  const holder = transact(here, async (tx) => {
    await lockRow(tx, 'workspaces', id)
    locked.resolve()
    await bothWait.promise
  })
  await locked.promise
  const ends = work()
  await expect.poll(() => waiters(here), { timeout: 10_000 }).toBe(2)
  bothWait.resolve()
  await holder
  return ends
}

async function waiters(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
  return rows[0]?.count ?? 0
}

test('at 50 live tokens the next is refused until one is revoked; a rotation still works', async () => {
  const { db, org, id, tokens, create, rotate, live } = await givenTokens(
    Array.from({ length: 50 }, (_, n) => `token ${n}`),
  )

  await expect(create('one more')).rejects.toMatchObject({ code: 'limit_reached' })
  await expect(rotate(60)).rejects.toMatchObject({ code: 'limit_reached' })
  await revokeWorkspaceToken(db, org.admin, { workspaceId: id, id: tokens[0]?.id ?? '' })
  await create('one more')
  await rotate()

  expect(await live()).toHaveLength(1)
})

test('a token is revoked once, and only where it belongs', async () => {
  const { db, org, id, tokens, isGood } = await givenTokens()
  const other = await givenWorkspace(db, org)
  const tokenId = tokens[0]?.id ?? ''
  const revoke = (workspaceId: string) =>
    revokeWorkspaceToken(db, org.admin, { workspaceId, id: tokenId })

  await expect(revoke(other.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await Promise.all(tokens.map(isGood))).toEqual([true])
  await revoke(id)
  await expect(revoke(id)).rejects.toMatchObject({ code: 'not_found' })

  expect(await Promise.all(tokens.map(isGood))).toEqual([false])
})

test('removing a workspace ends its tokens and makes no more', async () => {
  const { db, org, id, tokens, create, rotate, isGood } = await givenTokens()

  await removeWorkspace(db, org.admin, id, { confirm: false })

  expect(await Promise.all(tokens.map(isGood))).toEqual([false])
  await expect(create('late')).rejects.toMatchObject({ code: 'gone' })
  await expect(rotate()).rejects.toMatchObject({ code: 'gone' })
})

test('LC-02: a workspace that does not exist gets no token, and comes into being by none', async () => {
  const { db, org } = await givenTokens()
  const id = crypto.randomUUID()

  const minting = createWorkspaceToken(db, org.admin, id, {})

  await expect(minting).rejects.toMatchObject({ code: 'not_found' })
  expect((await listWorkspaces(db, org.scope)).map((each) => each.id)).not.toContain(id)
})

test('each change is audited by who made it, never with the token', async () => {
  const { db, org, id, tokens, rotate } = await givenTokens(['bridge'])

  const fresh = await rotate(60)
  await revokeWorkspaceToken(db, org.admin, { workspaceId: id, id: fresh.id })

  const rows = await db
    .selectFrom('audit')
    .selectAll()
    .where('entity', '=', 'workspace_token')
    .orderBy('seq')
    .execute()
  expect(rows.map((row) => [row.actor, row.action, row.entityId])).toEqual([
    ['admin', 'workspace_token.create', tokens[0]?.id],
    ['admin', 'workspace_token.rotate', fresh.id],
    ['admin', 'workspace_token.revoke', fresh.id],
  ])
  const text = JSON.stringify(rows)
  for (const { token } of [...tokens, fresh]) expect(text).not.toContain(token)
})
