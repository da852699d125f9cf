import type { CompleteReply } from '@molecule/contract/host'
import type { TaskId } from '@molecule/contract/id'
import type { CompleteWork, ReturnWork, StartWork } from '@molecule/contract/work'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError, fenced, notFound } from '../error.ts'
import type { PrincipalOf } from '../identity/principal.ts'
import { reportingWorkspace } from '../registry/reporting.ts'
import { wake } from '../wake.ts'
import { isExternal } from '../workspace/external.ts'
import { completeAttempt, startAttempt } from './task-attempt.ts'
import type { HostRef } from './task-lease.ts'
import { findAttempt } from './task-store.ts'

/** The workspace of an agent that runs elsewhere, as the host of its own work. */
export async function workHost(
  db: Queryable,
  agent: PrincipalOf<'workspace'>,
  id: string,
): Promise<HostRef> {
  const row = await reportingWorkspace(db, agent, id)
  if (!isExternal(row))
    throw new DomainError(
      'not_allowed_now',
      'the work of this workspace is taken by its own host',
      {
        hint: 'Inside an agent the task at hand is in TASK_ID, and its answer is what the program prints.',
      },
    )
  return { workspaceId: row.id, incarnation: row.incarnation }
}

export async function startWork(
  db: Db,
  host: HostRef,
  taskId: string,
  ref: StartWork,
): Promise<void> {
  await startAttempt(db, host, { ...ref, task_id: taskId })
}

export function completeWork(
  db: Db,
  host: HostRef,
  taskId: string,
  end: CompleteWork,
): Promise<CompleteReply> {
  return completeAttempt(db, host, { ...end, task_id: taskId })
}

/** Gives an item back that was not begun: the same attempt is handed out again, now or after a pause. */
export async function returnWork(
  db: Db,
  host: HostRef,
  taskId: string,
  { attempt: no, fence, delay_s = 0 }: ReturnWork,
): Promise<void> {
  await transact(db, async (tx) => {
    await lockRow(tx, 'tasks', taskId)
    const attempt = await findAttempt(tx, { taskId: taskId as TaskId, no })
    if (!attempt || attempt.workspaceId !== host.workspaceId) throw notFound('task', taskId)
    if (attempt.fence !== fence || attempt.endedAt !== null)
      throw fenced('this item was handed out again, or has ended')
    if (attempt.startedAt !== null)
      throw new DomainError('not_allowed_now', 'it was begun: nobody else may begin it too', {
        hint: 'Complete it, as failed if need be; with "failure": "transient" it is tried again.',
      })
    const leaseExpiresAt = (await dbNow(tx)) + delay_s * 1000
    await tx
      .updateTable('taskAttempts')
      .set({ leaseExpiresAt })
      .where('taskId', '=', attempt.taskId)
      .where('no', '=', no)
      .execute()
    wake(tx, `ws:${host.workspaceId}`)
  })
}
