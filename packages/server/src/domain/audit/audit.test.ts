import { AuditRecord } from '@molecule/contract/audit'
import type { WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { databaseOf, unitOf } from '../../db/handle.ts'
import type { AuditRow, Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { givenOrg, type Org } from '../../testing/given.ts'
import { postgresServer } from '../../testing/postgres-server.ts'
import { clonePostgres, openTestDatabase, testDb } from '../../testing/test-db.ts'
import type { Principal } from '../identity/principal.ts'
import { audit, type Deed } from './audit.ts'
import { exportAudit, verifyAudit } from './audit-chain.ts'
import { auditToWire } from './audit-wire.ts'

const save: Deed = { action: 'secret.save', entity: 'secret', entityId: 'KEY' }
const { signal } = new AbortController()

const write = (db: Db, principal: Principal, deed: Partial<Deed> = {}) =>
  transact(db, (tx) => audit(tx, principal, { ...save, ...deed }))

const rowsOf = (db: Db, { orgId }: Org): Promise<AuditRow[]> =>
  db.selectFrom('audit').selectAll().where('orgId', '=', orgId).orderBy('seq').execute()

const verify = (db: Db, { scope }: Org, through?: { seq: number; hash: string }) =>
  verifyAudit(db, scope, { through, signal })

async function givenChain(length: number) {
  const db = await testDb()
  const org = await givenOrg(db)
  for (let n = 1; n <= length; n++)
    await write(db, org.admin, { before: { n }, after: { n: n + 1 } })
  return { db, org }
}

/** What somebody with the database in hand can do. */
async function tamper(db: Db, statement: string) {
  await transact(db, async (tx) => {
    const isPostgres = databaseOf(tx).kind === 'postgres'
    const drop = isPostgres
      ? 'drop trigger audit_append_only on audit;'
      : 'drop trigger audit_no_update; drop trigger audit_no_delete;'
    await unitOf(tx).script(`${drop} ${statement}`)
  })
}

test('a record says who did what to what, from where, and when', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { orgId } = org
  const origin = { traceId: 'trace', address: '10.0.0.7' }
  const workspaceId = '5f1c0a52-0000-4000-8000-000000000000' as WorkspaceId
  const agent = { kind: 'workspace', orgId, workspaceId, incarnation: 1, credentialId: 'c', origin }

  await write(db, agent as Principal, { before: { b: 2, a: 1 }, after: null })

  const [row] = await rowsOf(db, org)
  expect(row?.before).toBe('{"a":1,"b":2}')
  expect(AuditRecord.parse(row && auditToWire(row))).toMatchObject({
    seq: 1,
    org_id: orgId,
    at: new Date(clock.now()).toISOString(),
    actor_kind: 'workspace',
    actor: `workspace:${workspaceId}`,
    credential_id: 'c',
    action: 'secret.save',
    entity: 'secret',
    entity_id: 'KEY',
    before: { a: 1, b: 2 },
    after: null,
    trace_id: 'trace',
    address: '10.0.0.7',
  })
})

test('CM-53: what cannot be recorded is not done', async () => {
  const { db, org } = await givenChain(1)
  const unsayable = { after: { size: Number.NaN } }

  const done = transact(db, async (tx) => {
    await tx.insertInto('meta').values({ key: 'done', value: '' }).execute()
    await audit(tx, org.admin, { ...save, ...unsayable })
  })

  await expect(done).rejects.toThrow('JSON has no word for NaN')
  expect(await db.selectFrom('meta').selectAll().where('key', '=', 'done').execute()).toEqual([])
  expect(await rowsOf(db, org)).toHaveLength(1)
})

test('CM-94: of a large change the size and the hash are kept, not the text', async () => {
  const { db, org } = await givenChain(0)

  await write(db, org.admin, { after: { text: 'x'.repeat(20_000) } })

  const [row] = await rowsOf(db, org)
  expect(JSON.parse(row?.after ?? '')).toEqual({
    left_out: { characters: 20_011, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  expect(await verify(db, org)).toMatchObject({ ok: true, checked: 1 })
})

test('text that no database stores does not break the chain', async () => {
  const { db, org } = await givenChain(0)

  await write(db, org.admin, { entityId: 'a\0b\ud800', after: { 'c\0': 'd\udc00' } })

  expect(await verify(db, org)).toMatchObject({ ok: true, checked: 1 })
})

test('CM-49: each org has a chain of its own, without gaps', async () => {
  const { db, org } = await givenChain(3)
  const other = await givenOrg(db)

  await write(db, other.admin)
  await write(db, org.admin)

  expect((await rowsOf(db, org)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
  expect(await verify(db, org)).toMatchObject({ ok: true, checked: 4, head: { seq: 4 } })
  expect(await verify(db, other)).toMatchObject({ ok: true, checked: 1, head: { seq: 1 } })
})

test('CM-49: two servers that write at once make one chain, without gap or fork', async (context) => {
  const url = await clonePostgres(await postgresServer(context))
  const [here, there] = await Promise.all([openTestDatabase(url), openTestDatabase(url)])
  const org = await givenOrg(here.db)

  await Promise.all(
    Array.from({ length: 60 }, (_, n) => write(n % 2 === 0 ? here.db : there.db, org.admin)),
  )

  expect((await rowsOf(here.db, org)).map(({ seq }) => seq)).toEqual(
    Array.from({ length: 60 }, (_, n) => n + 1),
  )
  expect(await verify(there.db, org)).toMatchObject({ ok: true, checked: 60 })
})

test('a chain of many pages is followed to its end', async () => {
  const { db, org } = await givenChain(401)

  expect(await verify(db, org)).toMatchObject({ ok: true, checked: 401, head: { seq: 401 } })
})

test('a long chain is exported page by page, and a reader that went away ends it', async () => {
  const { db, org } = await givenChain(401)
  const gone = new AbortController()

  const pieces: string[] = []
  for await (const piece of exportAudit(db, org.scope, { since: 0, signal })) pieces.push(piece)
  const reading = exportAudit(db, org.scope, { since: 0, signal: gone.signal })
  await reading.next()
  gone.abort()
  await reading.next()

  const lines = pieces.join('').trimEnd().split('\n')
  expect(pieces.length).toBeGreaterThan(3)
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual([
    ...Array.from({ length: 401 }, (_, n) => n + 1),
    undefined,
  ])
  expect(await reading.next()).toMatchObject({ done: true })
})

test('an org in which nothing was done has an intact log', async () => {
  const { db, org } = await givenChain(0)

  expect(await verify(db, org)).toEqual({
    ok: true,
    checked: 0,
    head: null,
    broken_at: null,
    fault: null,
    field: null,
    problem: null,
  })
})

test.each([
  ['changed', "update audit set actor = 'nobody'"],
  ['removed', 'delete from audit'],
])('CM-52: the database refuses that records are %s', async (_, statement) => {
  const { db, org } = await givenChain(2)

  const refused = transact(db, (tx) => sql.raw(statement).execute(tx))

  await expect(refused).rejects.toThrow('the table audit is append only')
  expect(await verify(db, org)).toMatchObject({ ok: true, checked: 2 })
})

test.each([
  ['at', 'at + 1'],
  ['at', '9007199254740991'],
  ['actor_kind', "'system'"],
  ['actor', "'mallory'"],
  ['credential_id', "'x'"],
  ['action', "'secret.read'"],
  ['entity', "'token'"],
  ['entity_id', "'OTHER'"],
  ['before', '\'{"n":7}\''],
  ['before', '\'{"n": 3}\''],
  ['before', "'nonsense'"],
  ['after', 'null'],
  ['trace_id', "'x'"],
  ['address', "'x'"],
  ['prev_hash', "'x'"],
  ['hash', "'x'"],
])('CM-49: %s changed to %s in the database is found, and where', async (column, value) => {
  const { db, org } = await givenChain(5)

  await tamper(db, `update audit set ${column} = ${value} where seq = 3`)

  expect(await verify(db, org)).toMatchObject({
    ok: false,
    checked: 2,
    broken_at: 3,
    fault: 'changed',
    field: column === 'prev_hash' ? 'prev_hash' : 'hash',
    problem: expect.stringContaining('record 3 was changed'),
  })
})

test.each([
  ['a record removed', 'delete from audit where seq = 3', 3, 'missing'],
  ['the first one removed', 'delete from audit where seq = 1', 1, 'missing'],
  ['the end cut off', 'delete from audit where seq > 3', 4, 'missing'],
  ['all removed', 'delete from audit', 1, 'missing'],
  ['a record moved to the end', 'update audit set seq = 9 where seq = 3', 3, 'missing'],
  ['a record given to another org', "update audit set org_id = 'x' where seq = 3", 3, 'missing'],
  ['the head removed', 'delete from audit_head', 5, 'head'],
  ['the head set back', 'update audit_head set seq = 4', 5, 'head'],
  ['the head changed', "update audit_head set hash = 'x'", 5, 'head'],
])('CM-49: %s in the database is found, and where', async (_, statement, brokenAt, fault) => {
  const { db, org } = await givenChain(5)

  await tamper(db, statement)

  expect(await verify(db, org)).toMatchObject({ ok: false, broken_at: brokenAt, fault })
})

test('CM-49: an end cut off together with the head shows by a head that was kept', async () => {
  const { db, org } = await givenChain(5)
  const { head } = await verify(db, org)
  await tamper(
    db,
    `delete from audit where seq > 3;
    update audit_head set seq = 3, hash = (select hash from audit where seq = 3)`,
  )

  const alone = await verify(db, org)
  const compared = await verify(db, org, head ?? undefined)

  expect(alone.ok).toBe(true)
  expect(compared).toMatchObject({ ok: false, broken_at: 4, fault: 'head' })
})

test('a log that grows while it is checked is intact', async () => {
  const { db, org } = await givenChain(250)

  const [verdict] = await Promise.all([
    verify(db, org),
    ...Array.from({ length: 20 }, () => write(db, org.admin)),
  ])

  expect(verdict).toMatchObject({ ok: true, problem: null })
  expect(verdict.head?.seq).toBe(verdict.checked)
})
