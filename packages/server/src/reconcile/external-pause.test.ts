import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import type { WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { heartbeats as gatherHeartbeats } from '../domain/host/heartbeats.ts'
import { hearAgent } from '../domain/registry/heartbeat.ts'
import { register } from '../domain/registry/register.ts'
import { NO_DEADLINE } from '../domain/task/task-deadline.ts'
import { hibernateWorkspace, wakeWorkspace } from '../domain/workspace/workspace-hibernate.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { pauseWorkspace, resumeWorkspace } from '../domain/workspace/workspace-pause.ts'
import { collapseWorkspace, removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { givenTask, givenWorkspace, taskNow } from '../testing/given.ts'
import { givenController, quietLog, rowOf } from '../testing/given-controller.ts'
import { idleHibernation } from './idle-hibernation.ts'

const never = new AbortController().signal
const MINUTE_MS = 60_000

/** A workspace whose agent runs elsewhere, and that agent. No backend is enabled: what needs one fails. */
async function given() {
  const world = await givenController({ enabled: [] })
  const { db, org } = world
  const heartbeats = gatherHeartbeats(db)
  const place = (parent_id?: WorkspaceId) =>
    givenWorkspace(db, org, {
      external: true,
      runtime_config: {},
      ...(parent_id ? { parent_id } : {}),
    })
  const { id } = await place()
  const agentOf = (workspaceId: WorkspaceId) =>
    ({
      kind: 'workspace',
      orgId: org.orgId,
      workspaceId,
      credentialId: 'x',
      incarnation: null,
    }) as const
  return {
    ...world,
    id,
    place,
    register: (of = id) => register({ db, heartbeats }, agentOf(of), { id: of }),
    beat: (of = id) => hearAgent({ db, heartbeats }, agentOf(of), { workspace_id: of }),
    row: (of = id) => rowOf({ db }, of),
  }
}

const refused = { code: 'not_allowed_now', message: expect.stringContaining('is paused') }

test('a pause keeps an agent elsewhere out without any backend, and its resume waits for it', async () => {
  const world = await given()
  const { db, org, id } = world
  await world.register()

  const { targets } = await pauseWorkspace(db, org.admin, id)
  await expect(world.register()).rejects.toMatchObject(refused)
  await expect(world.beat()).rejects.toMatchObject(refused)
  await world.rounds(1)

  expect(targets).toMatchObject([
    { outcome: 'paused', detail: expect.stringContaining('not ours') },
  ])
  expect(await world.row()).toMatchObject({ status: 'paused', observedGeneration: 2 })
  await expect(world.register()).rejects.toMatchObject(refused)
  await expect(world.beat()).rejects.toMatchObject(refused)

  const resumed = await resumeWorkspace(db, org.admin, id)
  await world.rounds(1)

  expect(resumed).toMatchObject({
    status: 'awaiting_agent',
    targets: [{ outcome: 'resumed', detail: 'waits for its agent to report' }],
  })
  expect(await world.row()).toMatchObject({
    status: 'awaiting_agent',
    observedGeneration: 3,
    incarnation: 0,
  })
  await world.beat()
  expect(await world.row()).toMatchObject({ status: 'online' })
  expect(world.backend.started(id)).toEqual([])
})

test('the pause of a team reaches those elsewhere, and one that comes below it is paused too', async () => {
  const world = await given()
  const { db, org, id } = world
  const { id: below } = await world.place(id)
  await world.register(below)
  await pauseWorkspace(db, org.admin, id)

  const { id: late } = await world.place(id)
  await world.rounds(1)

  for (const each of [id, below, late])
    expect(await world.row(each)).toMatchObject({ status: 'paused', pausedBy: id })
  await expect(world.register(late)).rejects.toMatchObject(refused)
  await resumeWorkspace(db, org.admin, id)
  await world.rounds(1)
  for (const each of [id, below, late])
    expect(await world.row(each)).toMatchObject({ status: 'awaiting_agent', pausedBy: null })
})

test('what a person asked of it waits through a pause for as long as before', async () => {
  const world = await given()
  const { db, org, id } = world
  const task = await givenTask(db, org, id)
  const delegated = await givenTask(db, org, id, {
    caller: { kind: 'workspace', id: (await givenWorkspace(db, org)).id },
  })

  await pauseWorkspace(db, org.admin, id)
  const meanwhile = await taskNow(db, task.id)
  await world.clock.advance(MINUTE_MS)
  await resumeWorkspace(db, org.admin, id)

  expect(meanwhile).toMatchObject({ waitingFor: 'workspace', deadline: NO_DEADLINE })
  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null, deadline: NO_DEADLINE })
  expect((await taskNow(db, delegated.id)).deadline).toBe(delegated.deadline + MINUTE_MS)
})

test('it neither hibernates nor wakes: nobody here could start it again', async () => {
  const world = await given()
  const { db, org, id } = world
  await world.register()

  const hibernation = hibernateWorkspace(db, org.admin, id, { force: true })

  await expect(hibernation).rejects.toMatchObject({
    code: 'not_allowed_now',
    message: expect.stringContaining('runs elsewhere'),
  })
  await wakeWorkspace(db, org.admin, id)
  expect(await world.row()).toMatchObject({ status: 'online', generation: 1 })
})

test('no time without work lets it sleep, and asking for that is refused', async () => {
  const world = await given()
  const { db, org, id } = world
  const asked = { hibernation_idle_minutes: 1 }
  const invalid = { code: 'invalid', fields: [{ path: 'hibernation_idle_minutes' }] }
  await expect(patchWorkspace(db, org.admin, id, asked)).rejects.toMatchObject(invalid)
  const creation = givenWorkspace(db, org, { external: true, runtime_config: {}, ...asked })
  await expect(creation).rejects.toMatchObject(invalid)
  await transact(db, (tx) =>
    tx
      .updateTable('workspaces')
      .set({ hibernationIdleMinutes: 1 } satisfies Partial<WorkspaceRow>)
      .where('id', '=', id)
      .execute(),
  )
  await world.register()
  const idle = idleHibernation({ db, log: quietLog })

  for (let n = 0; n < 20; n++) {
    await idle.round(never)
    await world.clock.advance(MINUTE_MS / 4)
  }

  expect(await world.row()).toMatchObject({ status: 'online', desiredState: 'running' })
})

test('a collapse and a purge need no backend', async () => {
  const world = await given()
  const { db, org, id } = world
  const { id: below } = await world.place(id)
  await pauseWorkspace(db, org.admin, id)
  await world.rounds(1)

  await collapseWorkspace(db, org.admin, id, { confirm: true, purge: true })
  await world.rounds(1)
  const left = await world.row()
  await removeWorkspace(db, org.admin, id, { confirm: false, purge: true })
  await world.rounds(1)

  expect(left).toMatchObject({ status: 'paused' })
  for (const each of [id, below])
    expect(await world.row(each)).toMatchObject({
      status: 'removed',
      purgedAt: expect.any(Number),
      purgeError: null,
    })
})
