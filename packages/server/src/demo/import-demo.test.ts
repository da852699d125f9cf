import { expect, test } from 'vitest'
import { listWorkspaces } from '../domain/workspace/workspace-store.ts'
import { givenOrg, givenWorkspace } from '../testing/given.ts'
import { testDb } from '../testing/test-db.ts'
import { demoTask, importDemo } from './import-demo.ts'
import type { DemoWorkspace, Template } from './template.ts'

const workspace = (name: string, children: DemoWorkspace[] = []): DemoWorkspace => ({
  name,
  role: 'tests',
  runtime: 'command',
  runtime_config: { command: 'cat', args: [], env: {} },
  max_concurrent_tasks: 1,
  children,
})
const template = (lead: DemoWorkspace, asked = 'Lead'): Template => ({
  name: 'Demo',
  description: 'for tests',
  workspaces: [lead],
  first_task: { workspace: asked, text: 'go' },
})
const team = workspace('Lead', [workspace('One'), workspace('Two', [workspace('Deep')])])

test('the whole organization is imported with its lines of command and given its task', async () => {
  const db = await testDb()
  const { admin, scope } = await givenOrg(db)

  const task = await importDemo(db, admin, template(team))

  const rows = await listWorkspaces(db, scope)
  const nameOf = (id: string | null) => rows.find((row) => row.id === id)?.name
  expect(Object.fromEntries(rows.map((row) => [row.name, nameOf(row.parentId)]))).toEqual({
    Lead: undefined,
    One: 'Lead',
    Two: 'Lead',
    Deep: 'Two',
  })
  expect(task).toMatch(/./)
  expect(await demoTask(db)).toBe(task)
})

test('it is imported once, and never beside workspaces of somebody', async () => {
  const db = await testDb()
  const { admin, scope } = await givenOrg(db)
  await importDemo(db, admin, template(team))
  const other = await testDb()
  const org = await givenOrg(other)
  await givenWorkspace(other, org)

  expect(await importDemo(db, admin, template(team))).toBeUndefined()
  expect(await importDemo(other, org.admin, template(team))).toBeUndefined()
  expect(await listWorkspaces(db, scope)).toHaveLength(4)
  expect(await listWorkspaces(other, org.scope)).toHaveLength(1)
  expect(await demoTask(other)).toBeUndefined()
})

test.each([
  ['two workspaces of one name', template(workspace('Lead', [workspace('A'), workspace('A')]))],
  ['a task for nobody', template(team, 'Nobody')],
])('%s: nothing of it is imported', async (_, broken) => {
  const db = await testDb()
  const { admin, scope } = await givenOrg(db)

  await expect(importDemo(db, admin, broken)).rejects.toThrow(/./)

  expect(await listWorkspaces(db, scope)).toEqual([])
  expect(await demoTask(db)).toBeUndefined()
})
