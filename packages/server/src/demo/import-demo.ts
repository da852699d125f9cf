import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import { readMeta, writeMeta } from '../boot/installation.ts'
import type { Db, Tx } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { createTaskIn } from '../domain/task/task-create.ts'
import { createWorkspaceIn } from '../domain/workspace/workspace-service.ts'
import { listWorkspaces } from '../domain/workspace/workspace-store.ts'
import type { DemoWorkspace, Template } from './template.ts'

const META_KEY = 'demo_task'

/** The demo's first task, once it was given. */
export async function demoTask(db: Db): Promise<TaskId | undefined> {
  return (await readMeta(db, META_KEY)) as TaskId | undefined
}

/** Imports the organization and gives it its task, in one transaction: a crash leaves all of it or nothing. */
export async function importDemo(
  db: Db,
  principal: Principal,
  template: Template,
): Promise<TaskId | undefined> {
  return transact(db, async (tx) => {
    if ((await listWorkspaces(tx, scopeOf(principal))).length > 0) return undefined
    const ids = new Map<string, WorkspaceId>()
    for (const root of template.workspaces) await importTree(tx, principal, root, { ids })
    const { task } = await createTaskIn(tx, scopeOf(principal), {
      caller: { kind: 'user', id: 'admin' },
      calleeId: ids.get(template.first_task.workspace) ?? '',
      text: template.first_task.text,
    })
    await writeMeta(tx, META_KEY, task.id)
    return task.id
  })
}

type Place = { ids: Map<string, WorkspaceId>; parentId?: WorkspaceId }

async function importTree(
  tx: Tx,
  principal: Principal,
  { children, ...node }: DemoWorkspace,
  { ids, parentId }: Place,
): Promise<void> {
  const row = await createWorkspaceIn(tx, principal, { ...node, parent_id: parentId ?? null })
  ids.set(row.name, row.id)
  for (const child of children ?? [])
    await importTree(tx, principal, child, { ids, parentId: row.id })
}
