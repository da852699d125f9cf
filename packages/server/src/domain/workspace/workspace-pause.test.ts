import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import type { Db } from '../../db/tables.ts'
import {
  givenOnline,
  givenOrg,
  givenTask,
  givenWorkspace,
  type Org,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { hibernateWorkspace, wakeWorkspace } from './workspace-hibernate.ts'
import { patchWorkspace } from './workspace-patch.ts'
import { pauseWorkspace, resumeWorkspace } from './workspace-pause.ts'
import { removeWorkspace } from './workspace-remove.ts'
import { createWorkspace, restartWorkspace } from './workspace-service.ts'
import { workspaceById } from './workspace-store.ts'

/** top > middle > leaf. */
async function givenTeam() {
  const db = await testDb()
  const org = await givenOrg(db)
  const top = await givenWorkspace(db, org, { name: 'top' })
  const middle = await givenWorkspace(db, org, { name: 'middle', parent_id: top.id })
  const leaf = await givenWorkspace(db, org, { name: 'leaf', parent_id: middle.id })
  return { db, org, top: top.id, middle: middle.id, leaf: leaf.id }
}

const wishOf = async (db: Db, id: WorkspaceId) => (await workspaceById(db, id))?.desiredState
const wishes = (db: Db, ids: WorkspaceId[]) => Promise.all(ids.map((id) => wishOf(db, id)))
const auditOf = async (db: Db, { orgId }: Org) =>
  (
    await db
      .selectFrom('audit')
      .select('action')
      .where('orgId', '=', orgId)
      .orderBy('seq')
      .execute()
  ).map((row) => row.action)

test('LC-63: a pause stops the whole subtree, and its resume wakes what it stopped', async () => {
  const { db, org, top, middle, leaf } = await givenTeam()

  const paused = await pauseWorkspace(db, org.admin, top)
  const during = await wishes(db, [top, middle, leaf])
  const resumed = await resumeWorkspace(db, org.admin, top)

  expect(paused).toMatchObject({ paused_count: 3, generation: 2 })
  expect(paused.targets.map((each) => [each.name, each.outcome])).toEqual([
    ['top', 'paused'],
    ['middle', 'paused'],
    ['leaf', 'paused'],
  ])
  expect(during).toEqual(['paused', 'paused', 'paused'])
  expect(resumed).toMatchObject({ resumed_count: 3, generation: 3 })
  expect(await wishes(db, [top, middle, leaf])).toEqual(['running', 'running', 'running'])
})

test('LC-63: a resume leaves paused what was paused on its own, and all below that', async () => {
  const { db, org, top, middle, leaf } = await givenTeam()
  await pauseWorkspace(db, org.admin, middle)
  await pauseWorkspace(db, org.admin, top)

  const resumed = await resumeWorkspace(db, org.admin, top)

  expect(resumed.targets.map((each) => each.outcome)).toEqual(['resumed', 'kept', 'kept'])
  expect(await wishes(db, [top, middle, leaf])).toEqual(['running', 'paused', 'paused'])
  await resumeWorkspace(db, org.admin, middle)
  expect(await wishes(db, [middle, leaf])).toEqual(['running', 'running'])
})

test('pausing what a pause above has stopped already makes it paused on its own, with its team', async () => {
  const { db, org, top, middle, leaf } = await givenTeam()
  await pauseWorkspace(db, org.admin, top)

  await pauseWorkspace(db, org.admin, middle)
  await resumeWorkspace(db, org.admin, top)

  expect(await wishes(db, [top, middle, leaf])).toEqual(['running', 'paused', 'paused'])
  expect(await workspaceById(db, leaf)).toMatchObject({ pausedBy: middle })
})

test('a workspace below a paused one cannot be resumed alone: the refusal names that one', async () => {
  const { db, org, top, leaf } = await givenTeam()
  await pauseWorkspace(db, org.admin, top)

  const alone = resumeWorkspace(db, org.admin, leaf)

  await expect(alone).rejects.toMatchObject({ code: 'not_allowed_now', message: /below middle/ })
  expect(await wishOf(db, leaf)).toBe('paused')
})

test('a pause is repeated without harm, and nothing of it is recorded twice', async () => {
  const { db, org, top } = await givenTeam()
  await pauseWorkspace(db, org.admin, top)

  const again = await pauseWorkspace(db, org.admin, top)

  expect(again).toMatchObject({ paused_count: 0, generation: 2 })
  expect((await auditOf(db, org)).filter((action) => action === 'workspace.pause')).toHaveLength(1)
})

test('what slept before a pause sleeps on after it, unless work came in', async () => {
  const { db, org, top, middle, leaf } = await givenTeam()
  await hibernateWorkspace(db, org.admin, middle, { force: false })
  await hibernateWorkspace(db, org.admin, leaf, { force: false })
  await pauseWorkspace(db, org.admin, top)
  const task = await givenTask(db, org, leaf)

  await resumeWorkspace(db, org.admin, top)

  expect(task.waitingFor).toBe('workspace')
  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null, status: 'queued' })
  expect(await wishes(db, [top, middle, leaf])).toEqual(['running', 'hibernated', 'running'])
})

test('a task for a paused workspace is kept, says what it waits for, and goes on after the resume', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)
  const before = await givenTask(db, org, workspace.id)
  await pauseWorkspace(db, org.admin, workspace.id)

  const during = await givenTask(db, org, workspace.id)

  expect(during).toMatchObject({ status: 'queued', waitingFor: 'workspace' })
  expect(await taskNow(db, before.id)).toMatchObject({ waitingFor: 'workspace' })
  expect(await wishOf(db, workspace.id)).toBe('paused')
  await resumeWorkspace(db, org.admin, workspace.id)
  expect(await taskNow(db, during.id)).toMatchObject({ waitingFor: null })
})

test('below a paused workspace nothing runs: a new one waits for the resume, and none moves in', async () => {
  const { db, org, top } = await givenTeam()
  const other = await givenWorkspace(db, org, { name: 'other' })
  await pauseWorkspace(db, org.admin, top)

  const fresh = await givenWorkspace(db, org, { name: 'fresh', parent_id: top })
  const moved = patchWorkspace(db, org.admin, other.id, { parent_id: top })

  await expect(moved).rejects.toMatchObject({ code: 'not_allowed_now' })
  expect(fresh).toMatchObject({ desiredState: 'paused', pausedBy: top })
  await resumeWorkspace(db, org.admin, top)
  expect(await wishOf(db, fresh.id)).toBe('running')
})

test('a paused workspace is neither restarted, woken nor put to sleep, and can be removed', async () => {
  const { db, org, leaf } = await givenTeam()
  await pauseWorkspace(db, org.admin, leaf)

  for (const verb of [
    () => restartWorkspace(db, org.admin, leaf),
    () => wakeWorkspace(db, org.admin, leaf),
    () => hibernateWorkspace(db, org.admin, leaf, { force: true }),
  ])
    await expect(verb()).rejects.toMatchObject({ code: 'not_allowed_now' })
  await removeWorkspace(db, org.admin, leaf, { confirm: false })
  expect(await wishOf(db, leaf)).toBe('removed')
})

test('a pause, a resume and work for the same team at once end in one of their orders', async () => {
  const { db, org, top, middle, leaf } = await givenTeam()

  for (let n = 0; n < 4; n++) {
    const outcomes = await Promise.allSettled([
      pauseWorkspace(db, org.admin, top),
      givenTask(db, org, leaf),
      pauseWorkspace(db, org.admin, middle),
      givenTask(db, org, top),
      resumeWorkspace(db, org.admin, top),
    ])
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    expect(refused.filter((error) => error.code !== 'not_allowed_now')).toEqual([])
    const wished = await wishOf(db, leaf)
    const open = await db.selectFrom('tasks').selectAll().where('calleeId', '=', leaf).execute()
    expect(new Set(open.map((task) => task.waitingFor))).toEqual(
      new Set([wished === 'paused' ? 'workspace' : null]),
    )
  }
})

test('an option of a restart that would do nothing is refused', async () => {
  const { db, org, leaf } = await givenTeam()
  const workspace = await createWorkspace(db, org.admin, { name: 'elsewhere', external: true })

  const template = restartWorkspace(db, org.admin, leaf, { apply_template: true })
  const session = restartWorkspace(db, org.admin, workspace.id, { reset_session: true })

  await expect(template).rejects.toMatchObject({ fields: [{ path: 'apply_template' }] })
  await expect(session).rejects.toMatchObject({ fields: [{ path: 'reset_session' }] })
  expect(await workspaceById(db, leaf)).toMatchObject({ generation: 1 })
})

test('of several restarts, one that resets the session is enough, whichever it was', async () => {
  const { db, org, leaf } = await givenTeam()

  await restartWorkspace(db, org.admin, leaf)
  await restartWorkspace(db, org.admin, leaf, { reset_session: true })
  await restartWorkspace(db, org.admin, leaf)

  expect(await workspaceById(db, leaf)).toMatchObject({ sessionGeneration: 3, generation: 4 })
})

test('CM-91: a restart asked for while another runs is not lost', async () => {
  const { db, org, leaf } = await givenTeam()

  await restartWorkspace(db, org.admin, leaf)
  const second = await restartWorkspace(db, org.admin, leaf)

  expect(second).toMatchObject({ generation: 3, restartGeneration: 3 })
  expect(await auditOf(db, org)).toContain('workspace.restart')
})
