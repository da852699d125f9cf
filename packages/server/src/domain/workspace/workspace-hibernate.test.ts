import { expect, test } from 'vitest'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  givenTask,
  givenWorkspace,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { createTask } from '../task/task-create.ts'
import { previewSubtree } from './subtree.ts'
import { hibernateWorkspace, wakeWorkspace } from './workspace-hibernate.ts'
import { collapseWorkspace, removeWorkspace } from './workspace-remove.ts'
import { workspaceById } from './workspace-store.ts'

test('LC-06: CM-40: a task for a hibernated workspace is stored and wakes it', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)
  await hibernateWorkspace(db, org.admin, workspace.id, { force: false })

  const task = await givenTask(db, org, workspace.id)

  expect(task).toMatchObject({ status: 'queued', waitingFor: null })
  expect(await workspaceById(db, workspace.id)).toMatchObject({
    desiredState: 'running',
    generation: 3,
    restartGeneration: 3,
  })
})

test('a request that is known already wakes nobody', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)
  const request = {
    caller: { kind: 'user', id: 'admin' },
    calleeId: workspace.id,
    text: 'work',
    idempotencyKey: 'k',
  } as const
  await createTask(db, org.scope, request)
  await hibernateWorkspace(db, org.admin, workspace.id, { force: true })

  const { replay } = await createTask(db, org.scope, request)

  expect(replay).toBe(true)
  expect(await workspaceById(db, workspace.id)).toMatchObject({ desiredState: 'hibernated' })
})

test('a task and a hibernation at once: either the work is seen, or it wakes what fell asleep', async () => {
  const db = await testDb()
  const org = await givenOrg(db)

  for (let n = 0; n < 8; n++) {
    const { workspace } = await givenOnline(db, org)
    await Promise.allSettled([
      hibernateWorkspace(db, org.admin, workspace.id, { force: false }),
      givenTask(db, org, workspace.id),
    ])
    expect(await workspaceById(db, workspace.id)).toMatchObject({ desiredState: 'running' })
  }
})

test('two workspaces that ask each other at once do not wait for each other', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const [a, b] = [await givenWorkspace(db, org), await givenWorkspace(db, org)]
  const ask = (from: typeof a, to: typeof a, n: number) =>
    createTask(db, org.scope, {
      caller: { kind: 'workspace', id: from.id },
      calleeId: to.id,
      text: 'work',
      idempotencyKey: `${n}`,
    })

  const asked = await Promise.all(
    Array.from({ length: 10 }, (_, n) => (n % 2 === 0 ? ask(a, b, n) : ask(b, a, n))),
  )

  expect(asked.every(({ replay }) => !replay)).toBe(true)
})

test('LC-47: hibernating one that works is refused with the count; by force it says what it interrupts', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, task } = await givenRunning(db, org)
  const waiting = await givenTask(db, org, workspace.id)

  const refused = hibernateWorkspace(db, org.admin, workspace.id, { force: false })
  await expect(refused).rejects.toMatchObject({
    code: 'not_allowed_now',
    extra: { active_tasks: 1, queued_tasks: 1 },
  })
  expect(await workspaceById(db, workspace.id)).toMatchObject({ desiredState: 'running' })
  const forced = await hibernateWorkspace(db, org.admin, workspace.id, { force: true })

  expect(forced).toEqual({
    status: 'hibernating',
    interrupted_tasks: 1,
    queued_tasks: 1,
    generation: 2,
  })
  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: 'workspace' })
  expect(await taskNow(db, waiting.id)).toMatchObject({ waitingFor: 'workspace' })
})

test('hibernating a hibernated one changes nothing, and says so', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)
  await hibernateWorkspace(db, org.admin, workspace.id, { force: false })

  const again = await hibernateWorkspace(db, org.admin, workspace.id, { force: true })

  expect(again).toMatchObject({ interrupted_tasks: 0, generation: 2 })
})

test('a wake starts a hibernated one and lets its tasks go on; one that is awake stays as it is', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, task } = await givenRunning(db, org)
  await hibernateWorkspace(db, org.admin, workspace.id, { force: true })

  const woken = await wakeWorkspace(db, org.admin, workspace.id)
  const again = await wakeWorkspace(db, org.admin, workspace.id)

  expect(woken).toMatchObject({ desiredState: 'running', generation: 3 })
  expect(again).toMatchObject({ generation: 3 })
  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null })
})

test('LC-26: a collapse removes the whole subtree below, after a confirmation, and keeps the workspace', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const top = await givenWorkspace(db, org, { name: 'top' })
  const child = await givenWorkspace(db, org, { name: 'child', parent_id: top.id })
  const grandchild = await givenWorkspace(db, org, { name: 'grandchild', parent_id: child.id })
  await givenTask(db, org, grandchild.id)

  const preview = await previewSubtree(db, org.scope, top.id)
  const unconfirmed = collapseWorkspace(db, org.admin, top.id, { confirm: false })
  await expect(unconfirmed).rejects.toMatchObject({
    code: 'confirmation_required',
    extra: { children_count: 2 },
  })
  const collapsed = await collapseWorkspace(db, org.admin, top.id, { confirm: true })

  expect(preview).toMatchObject({ count: 3, open_tasks: 1 })
  expect(preview.workspaces.map((each) => [each.name, each.depth])).toEqual([
    ['top', 0],
    ['child', 1],
    ['grandchild', 2],
  ])
  expect(collapsed.removed).toEqual([child.id, grandchild.id])
  expect(await workspaceById(db, top.id)).toMatchObject({ desiredState: 'running' })
  expect(await workspaceById(db, grandchild.id)).toMatchObject({ desiredState: 'removed' })
})

test('a collapse of one without children does nothing', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const alone = await givenWorkspace(db, org)

  const collapsed = await collapseWorkspace(db, org.admin, alone.id, { confirm: false })

  expect(collapsed).toEqual({ status: 'collapsed', removed: [], generation: 1 })
})

test('a removed workspace can be purged later, and only once', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  await removeWorkspace(db, org.admin, id, { confirm: false })
  expect(await workspaceById(db, id)).toMatchObject({ purgeRequestedAt: null })

  const purged = await removeWorkspace(db, org.admin, id, { confirm: false, purge: true })
  const again = await removeWorkspace(db, org.admin, id, { confirm: false, purge: true })

  expect(await workspaceById(db, id)).toMatchObject({ purgeRequestedAt: expect.any(Number) })
  expect(again.generation).toBe(purged.generation)
})
