import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { aesCipher } from '../adapter/cipher/aes-cipher.ts'
import { masterKey, newMasterKey } from '../adapter/cipher/master-key.ts'
import { transact } from '../db/transact.ts'
import { arrive } from '../domain/host/arrive.ts'
import { failHost } from '../domain/host/fail-host.ts'
import { removeSecret, saveSecret } from '../domain/secret/secret-service.ts'
import { completeAttempt, startAttempt } from '../domain/task/task-attempt.ts'
import { leaseAttempts } from '../domain/task/task-lease.ts'
import { requestRollingRestart } from '../domain/workspace/rolling-restart.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { restartWorkspace } from '../domain/workspace/workspace-service.ts'
import { listWorkspaces } from '../domain/workspace/workspace-store.ts'
import { needsRestart } from '../domain/workspace/workspace-wire.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { givenOrg, givenTask, givenWorkspace, leaseOne, refOf } from '../testing/given.ts'
import { memoryBackend } from '../testing/memory-backend.ts'
import { testDb } from '../testing/test-db.ts'
import { rollingRestart } from './rolling-restart.ts'
import { workspaceController } from './workspace-controller.ts'

const quiet = { info() {}, warn() {}, error() {} }
const never = new AbortController().signal

/** An org of that many workspaces that are online, and everything that moves them; each call is one round. */
async function given(count: number) {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const backend = memoryBackend()
  const master = masterKey(newMasterKey()) ?? expect.fail('no key')
  const vault = { db, cipher: aesCipher({ master }) }
  const workspaces = workspaceController({
    db,
    log: quiet,
    backends: new Map([['process', backend]]),
    enabled: ['process'],
    installId: 'install',
    nodeId: 'node',
    url: () => 'http://127.0.0.1:1',
    isDraining: () => false,
    remoteStaleMs: 90_000,
    provisionConcurrency: Number.POSITIVE_INFINITY,
  })
  const settle = async () => {
    await workspaces.round(never)
    await workspaces.end?.()
  }
  /** Made anew each time: a killed server would know no more. */
  const roll = () => rollingRestart({ db }).round(never)
  const rows = () => listWorkspaces(db, org.scope)
  const row = async (id: WorkspaceId) =>
    (await rows()).find((each) => each.id === id) ?? expect.fail(`${id} is gone`)
  const host = async (id: WorkspaceId) => ({
    workspaceId: id,
    incarnation: (await row(id)).incarnation,
  })
  const reportIn = async (id: WorkspaceId) =>
    arrive(db, { kind: 'host', orgId: org.orgId, credentialId: 'x', ...(await host(id)) })
  const starting = async () => (await rows()).filter((each) => each.status === 'provisioning')
  /** Everybody who starts has come up. */
  const comeUp = async () => {
    for (const { id } of await starting()) await reportIn(id)
    await settle()
  }
  const outdated = async () => (await rows()).filter(needsRestart)
  const change = (value: string) => saveSecret(vault, org.admin, null, { key: 'API_KEY', value })
  const ids: WorkspaceId[] = []
  for (let n = 0; n < count; n++)
    ids.push((await givenWorkspace(db, org, { max_concurrent_tasks: 2 })).id)
  await settle()
  await comeUp()
  return {
    ...{ clock, db, org, vault, ids, settle, roll, rows, row, host, reportIn },
    ...{ starting, comeUp, outdated, change },
  }
}

type World = Awaited<ReturnType<typeof given>>

/** A task that its host works on now. */
async function givenBusy({ db, org, host }: World, id: WorkspaceId) {
  await givenTask(db, org, id)
  const attempt = await leaseOne(db, await host(id))
  await startAttempt(db, await host(id), refOf(attempt))
  return async () => {
    const end = { ...refOf(attempt), outcome: 'completed' as const, result: 'done' }
    await completeAttempt(db, await host(id), end)
  }
}

test('LC-58, CM-77: of 20 workspaces at most two restart at once, and busy ones wait', async () => {
  const world = await given(20)
  const { db, org, ids, change, roll, settle, starting, comeUp, outdated, row } = world
  const busy = ids.slice(0, 3)
  const finish = await Promise.all(busy.map((id) => givenBusy(world, id)))
  await change('v1')

  const asked = await requestRollingRestart(db, org.admin, {})
  const most: number[] = []
  for (let n = 0; n < 14; n++) {
    await roll()
    await settle()
    await roll()
    await settle()
    most.push((await starting()).length)
    await comeUp()
  }

  expect(asked.workspaces).toHaveLength(20)
  expect(Math.max(...most)).toBe(2)
  expect((await outdated()).map(({ id }) => id).sort()).toEqual([...busy].sort())
  for (const id of busy) expect(await row(id)).toMatchObject({ incarnation: 1, status: 'online' })

  for (const end of finish) await end()
  for (let n = 0; n < 3; n++) {
    await roll()
    await settle()
    expect((await starting()).length).toBeLessThanOrEqual(2)
    await comeUp()
  }
  await roll()
  expect(await outdated()).toEqual([])
  const rows = await world.rows()
  expect(rows.map((each) => each.incarnation)).toEqual(Array(20).fill(2))
  expect(rows.map((each) => each.rollingRestartAt)).toEqual(Array(20).fill(null))
})

test('nothing restarts by itself, and nothing that is up to date is restarted', async () => {
  const { db, org, change, roll, settle, rows } = await given(3)
  await roll()
  await requestRollingRestart(db, org.admin, {})
  await change('v1')

  await roll()
  await settle()

  expect((await rows()).map((each) => each.incarnation)).toEqual([1, 1, 1])
})

test('one that never rests gets no more work until its turn has come, then goes on', async () => {
  const world = await given(1)
  const { db, org, ids, change, roll, settle, comeUp, host, row } = world
  const [id] = ids as [WorkspaceId]
  const finish = await givenBusy(world, id)
  await givenTask(db, org, id)
  await change('v1')
  await requestRollingRestart(db, org.admin, { workspace_id: id })

  await roll()

  expect((await row(id)).drainingAt).not.toBeNull()
  expect(await leaseAttempts(db, await host(id), 2)).toEqual([])
  await finish()
  await roll()
  await settle()
  await comeUp()
  await roll()
  expect(await row(id)).toMatchObject({ incarnation: 2, drainingAt: null, rollingRestartAt: null })
  expect(await leaseAttempts(db, await host(id), 2)).toHaveLength(1)
})

test('at most two are kept from new work, and none while the places are taken', async () => {
  const world = await given(5)
  const { db, org, ids, change, roll, settle, rows } = world
  for (const id of ids.slice(0, 4)) await givenBusy(world, id)
  await change('v1')
  await requestRollingRestart(db, org.admin, {})
  const draining = async () => (await rows()).filter((each) => each.drainingAt !== null).length

  await roll()
  expect(await draining()).toBe(1)
  await restartWorkspace(db, org.admin, ids[0] as WorkspaceId)
  await settle()
  await roll()

  expect(await draining()).toBe(0)
})

test('two that do not come back hold up the rest, until what ails them is mended', async () => {
  const world = await given(6)
  const { db, org, change, roll, settle, starting, comeUp, outdated, host, rows } = world
  await change('bad')
  await requestRollingRestart(db, org.admin, {})
  await roll()
  await settle()
  const reason = { code: 'secrets_unreadable', detail: 'no', hint: 'no' }
  for (const { id } of await starting()) await failHost(db, await host(id), reason)

  for (let n = 0; n < 5; n++) {
    await settle()
    await roll()
  }
  expect((await rows()).filter((each) => each.status === 'failed')).toHaveLength(2)
  expect(await outdated()).toHaveLength(4)

  await change('good')
  for (let n = 0; n < 6; n++) {
    await roll()
    await settle()
    await comeUp()
  }
  await roll()
  expect(await outdated()).toEqual([])
  expect((await rows()).map((each) => [each.status, each.rollingRestartAt])).toEqual(
    Array(6).fill(['online', null]),
  )
})

test('one that was down before is started too, and holds up nobody when it fails again', async () => {
  const world = await given(4)
  const { db, org, ids, change, roll, settle, starting, reportIn, outdated, host, row } = world
  const [down] = ids as [WorkspaceId]
  const reason = { code: 'command_not_found', detail: 'no', hint: 'no' }
  await failHost(db, await host(down), reason)
  await settle()
  await change('v1')
  await requestRollingRestart(db, org.admin, {})

  for (let n = 0; n < 8; n++) {
    await roll()
    await settle()
    for (const { id } of await starting())
      if (id === down) await failHost(db, await host(id), reason)
      else await reportIn(id)
  }

  expect(await outdated()).toEqual([])
  expect(await row(down)).toMatchObject({
    status: 'failed',
    incarnation: 2,
    rollingRestartAt: null,
  })
})

test('whoever is removed while it waits is forgotten, and a secret that is gone is a change too', async () => {
  const { db, org, vault, ids, change, roll, settle, rows, outdated } = await given(2)
  const [gone, stays] = ids as [WorkspaceId, WorkspaceId]
  await change('v1')
  await removeSecret(vault, org.admin, null, 'API_KEY')
  await requestRollingRestart(db, org.admin, { workspace_id: gone })
  await removeWorkspace(db, org.admin, gone, { confirm: false })

  await roll()
  await settle()

  expect((await rows()).map(({ id }) => id)).not.toContain(gone)
  expect((await outdated()).map(({ id }) => id)).toEqual([stays])
  const marked = await db
    .selectFrom('workspaces')
    .select('id')
    .where('rollingRestartAt', 'is not', null)
    .execute()
  expect(marked).toEqual([])
  await expect(requestRollingRestart(db, org.admin, { workspace_id: gone })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('outside agents are never restarted', async () => {
  const { db, org, ids, change } = await given(1)
  await change('v1')
  await transact(db, (tx) => tx.updateTable('workspaces').set({ backend: 'external' }).execute())

  expect(await requestRollingRestart(db, org.admin, {})).toEqual({ workspaces: [] })
  expect(ids).toHaveLength(1)
})
