import { Workspace } from '@molecule/contract/workspace'
import { expect, test } from 'vitest'
import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { enrolHost } from '../domain/host/arrive.ts'
import { heartbeats } from '../domain/host/heartbeats.ts'
import { startAttempt } from '../domain/task/task-attempt.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { pauseWorkspace } from '../domain/workspace/workspace-pause.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { createWorkspace, restartWorkspace } from '../domain/workspace/workspace-service.ts'
import { findWorkspace, workspaceById } from '../domain/workspace/workspace-store.ts'
import { loadOf, workspaceToWire } from '../domain/workspace/workspace-wire.ts'
import { givenOrg, givenTask, givenWorkspace, leaseOne, refOf } from '../testing/given.ts'
import { givenController, quietLog, reportIn, rowOf } from '../testing/given-controller.ts'
import { memoryBackend } from '../testing/memory-backend.ts'
import { testDb } from '../testing/test-db.ts'
import { SILENT_MS } from './decide.ts'
import { idleHibernation } from './idle-hibernation.ts'

const never = new AbortController().signal

test('LC-18: LC-65: a host is told the configuration of the moment it enrols, before it can take any work', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(1)
  const config = { command: 'cat', args: ['-n'], env: {} }
  await patchWorkspace(world.db, world.org.admin, id, { runtime_config: config })

  const { workspace } = await enrolHost(
    world.db,
    { kind: 'boot', orgId: world.org.orgId, workspaceId: id, incarnation: 1, credentialId: 'x' },
    { incarnation: 1, pid: 1, version: 'test', journal: [] },
  )

  expect(workspace.runtimeConfig).toEqual(config)
  expect(workspace.status).toBe('provisioning')
})

test.each(['../../etc/passwd', 'Command', ' command', ''])(
  'LC-19: the runtime %j is none, and no row of it is made',
  async (runtime) => {
    const db = await testDb()
    const org = await givenOrg(db)

    const made = createWorkspace(db, org.admin, { name: 'x', runtime })

    await expect(made).rejects.toMatchObject({ code: 'unknown_runtime' })
    expect(await db.selectFrom('workspaces').selectAll().execute()).toEqual([])
  },
)

test('LC-20: whichever way a workspace is made, it gets the same tier', async () => {
  const db = await testDb()
  const org = await givenOrg(db)

  const ours = await createWorkspace(db, org.admin, {
    name: 'ours',
    runtime_config: { command: 'cat' },
  })
  const workspace = await createWorkspace(db, org.admin, {
    name: 'theirs',
    external: true,
  })

  expect(ours.tier).toBe(1)
  expect(workspace.tier).toBe(ours.tier)
})

test('LC-31: a workspace belongs to its org however deep it lies, and to no other', async () => {
  const db = await testDb()
  const [org, other] = [await givenOrg(db), await givenOrg(db)]
  let parent = await givenWorkspace(db, org)
  for (let depth = 1; depth < 4; depth++)
    parent = await givenWorkspace(db, org, { parent_id: parent.id })

  expect(parent.orgId).toBe(org.orgId)
  expect(await findWorkspace(db, other.scope, parent.id)).toBeUndefined()
})

test('LC-41: a start that hangs holds up no other', async () => {
  const backend = memoryBackend()
  const world = await givenController({ backend })
  const slow = await givenWorkspace(world.db, world.org)
  const quick = await givenWorkspace(world.db, world.org)
  backend.hangs = slow.id

  await world.rounds(1, AbortSignal.timeout(300))

  expect(backend.started(quick.id)).toEqual([1])
  expect(backend.started(slow.id)).toEqual([])
})

test('LC-46: a removed workspace is gone, and nothing promises to lead on from it', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  await removeWorkspace(db, org.admin, id, { confirm: false })

  await expect(restartWorkspace(db, org.admin, id)).rejects.toMatchObject({ code: 'gone' })
  expect(Object.keys(Workspace.shape).filter((field) => /forward/.test(field))).toEqual([])
})

test('LC-50: without a backend a start says so and which setting it takes, a pause and a removal succeed', async () => {
  const world = await givenController({ enabled: [] })
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  const failed = await rowOf(world, id)

  await pauseWorkspace(world.db, world.org.admin, id)
  await world.rounds(2)
  const paused = await rowOf(world, id)
  await removeWorkspace(world.db, world.org.admin, id, { confirm: false })
  await world.rounds(2)

  expect(failed).toMatchObject({
    status: 'failed',
    failureReason: { code: 'no_backend', hint: expect.stringContaining('MOLECULE_BACKENDS') },
  })
  expect(paused.status).toBe('paused')
  expect((await rowOf(world, id)).status).toBe('removed')
})

test('LC-59: a quiet agent keeps what it works on, for as long as its lease is open', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)
  const host = { workspaceId: id, incarnation: 1 }
  await givenTask(world.db, world.org, id)
  await startAttempt(world.db, host, refOf(await leaseOne(world.db, host)))

  await world.clock.advance(3_600_000)
  await world.rounds(2)

  expect(await wireOf(world.db, id)).toMatchObject({ active_tasks: 1 })
})

const wireOf = async (db: Db, id: Parameters<typeof loadOf>[1]) => {
  const row = await workspaceById(db, id)
  return row && workspaceToWire(row, await loadOf(db, id))
}

test('RD-98: a host that beats as often as it is told is never thought silent', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)
  const beats = heartbeats(world.db)
  const seen = new Set<string>()

  for (let n = 0; n < 20; n++) {
    await world.clock.advance(SILENT_MS / 4)
    beats.beat({ workspaceId: id, incarnation: 1 }, [])
    await beats.flush()
    await world.rounds(1)
    seen.add((await rowOf(world, id)).status)
  }

  expect([...seen]).toEqual(['online'])
})

test('RD-99: what was said of the idle time of a workspace holds for the next server too', async () => {
  const world = await givenController()
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(2)
  await reportIn(world, id, 1)
  await patchWorkspace(world.db, world.org.admin, id, { hibernation_idle_minutes: 1 })
  world.reborn()
  const idle = idleHibernation({ db: world.db, log: quietLog })

  for (let n = 0; n < 8; n++) {
    await idle.round(never)
    await world.clock.advance(15_000)
  }

  expect(await rowOf(world, id)).toMatchObject({ desiredState: 'hibernated' })
})

test('RD-106: LC-39: making the same workspace again makes no second one, and starts nothing twice', async () => {
  const world = await givenController()
  const wanted = { name: 'the same', runtime_config: { command: 'cat' } }

  const made = await Promise.allSettled(
    [1, 2, 3].map(() => createWorkspace(world.db, world.org.admin, wanted)),
  )
  await world.rounds(2)

  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const open = await transact(world.db, (tx) => tx.selectFrom('resources').selectAll().execute())
  expect(open).toHaveLength(1)
})
