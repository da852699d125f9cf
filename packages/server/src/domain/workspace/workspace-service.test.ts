import { expect, test } from 'vitest'
import { transact } from '../../db/transact.ts'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  givenTask,
  givenWorkspace,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { scopeOf } from '../identity/principal.ts'
import { mayTalk } from './may-talk.ts'
import { reachable } from './reach.ts'
import { patchWorkspace } from './workspace-patch.ts'
import { removeWorkspace } from './workspace-remove.ts'
import { createWorkspace, restartWorkspace } from './workspace-service.ts'
import { moveWorkspace } from './workspace-status.ts'
import { listWorkspaces, MAX_DEPTH, workspaceById } from './workspace-store.ts'

test('a new workspace is a wish: running, not started', async () => {
  const db = await testDb()
  const org = await givenOrg(db)

  const row = await givenWorkspace(db, org, { name: 'Lead', role: 'Plans' })

  expect(row).toMatchObject({
    status: 'provisioning',
    desiredState: 'running',
    generation: 1,
    incarnation: 0,
    model: 'anthropic:claude-opus-4-7',
    runtimeConfig: { command: 'cat', args: [], env: {} },
  })
})

test('LC-24: two siblings never share a name, even when created at once; the refusal names the other', async () => {
  const db = await testDb()
  const org = await givenOrg(db)

  const made = await Promise.allSettled([
    givenWorkspace(db, org, { name: 'Twin' }),
    givenWorkspace(db, org, { name: 'Twin' }),
  ])

  const [live] = await listWorkspaces(db, org.scope)
  expect(made.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(made.find((each) => each.status === 'rejected')?.reason).toMatchObject({
    code: 'name_taken',
    extra: { existing_id: live?.id, suggestion: 'Twin (2)' },
  })
})

test('the name of a removed workspace is free at once', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const first = await givenWorkspace(db, org, { name: 'Phoenix' })
  await removeWorkspace(db, org.admin, first.id, { confirm: false })

  const second = await givenWorkspace(db, org, { name: 'Phoenix' })

  expect(second.id).not.toBe(first.id)
})

test('a parent that does not exist is refused', async () => {
  const db = await testDb()
  const org = await givenOrg(db)

  const orphan = givenWorkspace(db, org, { parent_id: crypto.randomUUID() })

  await expect(orphan).rejects.toMatchObject({ code: 'unknown_parent' })
})

test('LC-04: a workspace cannot be placed below itself', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const top = await givenWorkspace(db, org)
  const middle = await givenWorkspace(db, org, { parent_id: top.id })
  const leaf = await givenWorkspace(db, org, { parent_id: middle.id })

  const loop = patchWorkspace(db, org.admin, top.id, { parent_id: leaf.id })

  await expect(loop).rejects.toMatchObject({ code: 'cycle' })
})

test('a tree is at most 32 deep, by create and by move', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  let deepest = await givenWorkspace(db, org)
  for (let depth = 2; depth <= MAX_DEPTH; depth++)
    deepest = await givenWorkspace(db, org, { parent_id: deepest.id })
  const other = await givenWorkspace(db, org)

  await expect(givenWorkspace(db, org, { parent_id: deepest.id })).rejects.toMatchObject({
    code: 'too_deep',
  })
  await expect(
    patchWorkspace(db, org.admin, other.id, { parent_id: deepest.id }),
  ).rejects.toMatchObject({ code: 'too_deep' })
})

test('an unknown runtime and a wrong configuration are refused with what is allowed', async () => {
  const db = await testDb()
  const org = await givenOrg(db)

  await expect(givenWorkspace(db, org, { runtime: 'cobol' })).rejects.toMatchObject({
    code: 'unknown_runtime',
    extra: { allowed: expect.arrayContaining(['command', 'claude-code', 'external']) },
  })
  await expect(
    createWorkspace(db, org.admin, { name: 'x', runtime: 'command', runtime_config: { args: [] } }),
  ).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'runtime_config.command' }] })
  expect(await listWorkspaces(db, org.scope)).toEqual([])
})

test.each(['relative', '/etc/x', '/a/../etc', '/usr', '/', '/run/docker'])(
  'the folder %s is refused',
  async (dir) => {
    const db = await testDb()
    const org = await givenOrg(db)

    const made = givenWorkspace(db, org, { workspace_dir: dir })

    await expect(made).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'workspace_dir' }],
    })
  },
)

test('LC-17: a change is one statement: a refused field leaves the others as they were', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const row = await givenWorkspace(db, org, { role: 'before' })

  const change = patchWorkspace(db, org.admin, row.id, {
    role: 'after',
    parent_id: crypto.randomUUID(),
  })

  await expect(change).rejects.toMatchObject({ code: 'unknown_parent' })
  expect(await workspaceById(db, row.id)).toMatchObject({ role: 'before', generation: 1 })
})

test('an identical change writes nothing; a new configuration asks for a restart', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)

  const same = await patchWorkspace(db, org.admin, workspace.id, { name: workspace.name })
  const changed = await patchWorkspace(db, org.admin, workspace.id, {
    runtime_config: { command: 'tac' },
  })

  expect(same).toMatchObject({ generation: 1, rev: workspace.rev })
  expect(changed).toMatchObject({ generation: 2, configGeneration: 2, startedGeneration: 1 })
})

test('LC-11: every restart raises the generation that demands a fresh start', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)

  await restartWorkspace(db, org.admin, workspace.id)
  const row = await restartWorkspace(db, org.admin, workspace.id)

  expect(row).toMatchObject({ generation: 3, restartGeneration: 3, startedGeneration: 1 })
})

test('LC-48: removing one that has children needs a confirmation, and takes the whole subtree', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const top = await givenWorkspace(db, org, { name: 'top' })
  const middle = await givenWorkspace(db, org, { name: 'middle', parent_id: top.id })
  const leaf = await givenWorkspace(db, org, { name: 'leaf', parent_id: middle.id })

  const unconfirmed = removeWorkspace(db, org.admin, top.id, { confirm: false })
  await expect(unconfirmed).rejects.toMatchObject({
    code: 'confirmation_required',
    extra: { children_count: 2 },
  })
  const removed = await removeWorkspace(db, org.admin, top.id, { confirm: true })

  expect(removed.cascade_deleted).toEqual([middle.id, leaf.id])
  expect((await workspaceById(db, leaf.id))?.desiredState).toBe('removed')
})

test('an unknown id is not found, for every verb', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const id = crypto.randomUUID()

  await expect(restartWorkspace(db, org.admin, id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(patchWorkspace(db, org.admin, id, {})).rejects.toMatchObject({ code: 'not_found' })
  await expect(removeWorkspace(db, org.admin, id, { confirm: true })).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('the open tasks of a removed workspace fail with the reason, running ones too', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace, task } = await givenRunning(db, org)
  const waiting = await givenTask(db, org, workspace.id)

  await removeWorkspace(db, org.admin, workspace.id, { confirm: false })

  for (const { id } of [task, waiting])
    expect(await taskNow(db, id)).toMatchObject({
      status: 'failed',
      error: { code: 'workspace_removed' },
    })
})

test('LC-05: a late report does not bring a removed workspace back', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)
  await removeWorkspace(db, org.admin, workspace.id, { confirm: false })
  await transact(db, (tx) =>
    moveWorkspace(tx, workspace.id, 'remove', { observedGeneration: 2, failureReason: null }),
  )

  const moved = await transact(db, (tx) =>
    moveWorkspace(tx, workspace.id, 'reportIn', {
      failureReason: null,
      provisionPhase: null,
      lastHeartbeatAt: 1,
    }),
  )

  expect(moved).toBeUndefined()
})

test('LC-54: a failure without a reason does not compile, and the database refuses it', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const { workspace } = await givenOnline(db, org)

  const change = { startFailures: 1, nextStartAt: null }
  // @ts-expect-error: a failure demands its reason.
  const move = transact(db, (tx) => moveWorkspace(tx, workspace.id, 'fail', change))

  await expect(move).rejects.toThrow(/workspaces_failed_has_reason/)
})

test('LC-30: one talks to siblings, to those above and those below, inside one org; never to the removed', async () => {
  const db = await testDb()
  const org = await givenOrg(db)
  const lead = await givenWorkspace(db, org, { name: 'lead' })
  const a = await givenWorkspace(db, org, { name: 'a', parent_id: lead.id })
  const b = await givenWorkspace(db, org, { name: 'b', parent_id: lead.id })
  const below = await givenWorkspace(db, org, { name: 'below', parent_id: b.id })
  const foreign = await givenWorkspace(db, await givenOrg(db), { name: 'foreign' })

  expect(await mayTalk(db, a.id, b.id)).toBe(true)
  expect(await mayTalk(db, lead.id, below.id)).toBe(true)
  expect(await mayTalk(db, below.id, lead.id)).toBe(true)
  expect(await mayTalk(db, a.id, below.id)).toBe(false)
  expect(await mayTalk(db, lead.id, foreign.id)).toBe(false)
  const seen = reachable(await listWorkspaces(db, scopeOf(org.admin)), a.id)
  expect(seen.map((row) => row.name).sort()).toEqual(['a', 'b', 'lead'])
  await removeWorkspace(db, org.admin, b.id, { confirm: true })
  expect(await mayTalk(db, a.id, b.id)).toBe(false)
})
