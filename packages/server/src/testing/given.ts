import { randomUUID } from 'node:crypto'
import type { LeasedAttempt } from '@molecule/contract/host'
import type { WorkspaceId } from '@molecule/contract/id'
import type { CreateWorkspace } from '@molecule/contract/workspace'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, TaskRow, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { type OrgScope, type Principal, scopeOf } from '../domain/identity/principal.ts'
import { startAttempt } from '../domain/task/task-attempt.ts'
import { createTask } from '../domain/task/task-create.ts'
import { type HostRef, leaseAttempts } from '../domain/task/task-lease.ts'
import type { TaskRequest } from '../domain/task/task-request.ts'
import { taskById } from '../domain/task/task-store.ts'
import { createWorkspace } from '../domain/workspace/workspace-service.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'

export type Org = { orgId: string; admin: Principal; scope: OrgScope }

export async function givenOrg(db: Db): Promise<Org> {
  const orgId = randomUUID()
  await transact(db, async (tx) => {
    const createdAt = await dbNow(tx)
    await tx.insertInto('orgs').values({ id: orgId, name: 'test', createdAt }).execute()
  })
  const admin: Principal = { kind: 'admin', orgId }
  return { orgId, admin, scope: scopeOf(admin) }
}

/** A workspace as a person creates it: wished for, not started. */
export function givenWorkspace(
  db: Db,
  org: Org,
  input: Partial<CreateWorkspace> = {},
): Promise<WorkspaceRow> {
  return createWorkspace(db, org.admin, {
    name: `workspace ${randomUUID().slice(0, 8)}`,
    runtime_config: { command: 'cat' },
    ...input,
  })
}

/** A workspace whose host has reported in; answers the host, to lease and work as. */
export async function givenOnline(
  db: Db,
  org: Org,
  input: Partial<CreateWorkspace> = {},
): Promise<{ workspace: WorkspaceRow; host: HostRef }> {
  const { id } = await givenWorkspace(db, org, input)
  const workspace = await transact(db, async (tx) => {
    const now = await dbNow(tx)
    await moveWorkspace(tx, id, 'begin', {
      incarnation: 1,
      startedGeneration: 1,
      provisionPhase: 'start',
      provisionStartedAt: now,
      backend: 'process',
      nodeId: 'node',
      nextStartAt: null,
    })
    return moveWorkspace(tx, id, 'reportIn', {
      failureReason: null,
      provisionPhase: null,
      lastHeartbeatAt: now,
    })
  })
  if (!workspace) throw new Error('the workspace did not come online')
  return { workspace, host: { workspaceId: id, incarnation: 1 } }
}

export async function givenTask(
  db: Db,
  org: Org,
  calleeId: WorkspaceId,
  request: Partial<TaskRequest> = {},
): Promise<TaskRow> {
  const caller = { kind: 'user', id: 'admin' } as const
  const { task } = await createTask(db, org.scope, { caller, calleeId, text: 'work', ...request })
  return task
}

/** A task that a host runs now. */
export async function givenRunning(
  db: Db,
  org: Org,
  request: Partial<TaskRequest> = {},
): Promise<{ workspace: WorkspaceRow; host: HostRef; task: TaskRow; attempt: LeasedAttempt }> {
  const { workspace, host } = await givenOnline(db, org)
  const { id } = await givenTask(db, org, workspace.id, request)
  const attempt = await leaseOne(db, host)
  await startAttempt(db, host, refOf(attempt))
  return { workspace, host, task: await taskNow(db, id), attempt }
}

export async function leaseOne(db: Db, host: HostRef): Promise<LeasedAttempt> {
  const [attempt] = await leaseAttempts(db, host, 1)
  if (!attempt) throw new Error('there was nothing to lease')
  return attempt
}

export const refOf = ({ task_id, attempt, fence }: LeasedAttempt) => ({ task_id, attempt, fence })

export async function taskNow(db: Db, id: TaskRow['id']): Promise<TaskRow> {
  const task = await taskById(db, id)
  if (!task) throw new Error(`task ${id} is gone`)
  return task
}
