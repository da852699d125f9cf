import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { logActivity } from '../activity/activity-log.ts'
import { DomainError, notFound } from '../error.ts'
import { recordTask } from '../event/record.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { awake } from '../workspace/workspace-hibernate.ts'
import { endAttempt } from './task-attempt-end.ts'
import { checkPair } from './task-create.ts'
import * as reasons from './task-reason.ts'
import { attemptsOf, findTask } from './task-store.ts'
import { setWait } from './task-waiting.ts'

/** Gives a task that nobody works on to another workspace. Its attempts so far stay with it, and count. */
export async function reassignTask(
  db: Db,
  principal: Principal,
  id: string,
  to: string,
): Promise<TaskRow> {
  return transact(db, async (tx) => {
    const before = await findTask(tx, scopeOf(principal), id)
    if (!before) throw notFound('task', id)
    for (const each of [before.calleeId, to].sort()) await lockRow(tx, 'workspaces', each)
    await lockRow(tx, 'tasks', id)
    const task = (await findTask(tx, scopeOf(principal), id)) ?? before
    if (task.calleeId === to) return task
    await refuse(tx, task)
    const caller = { kind: task.callerKind, id: task.callerId }
    const callee = await checkPair(tx, scopeOf(principal), { caller, calleeId: to })
    return give(tx, task, await awake(tx, callee, actorOf(principal)), actorOf(principal))
  })
}

async function refuse(tx: Tx, task: TaskRow): Promise<void> {
  if (task.endedAt !== null)
    throw new DomainError('already_terminal', `the task is ${task.status}`, {
      hint: 'Ask for it anew.',
      extra: { status: task.status },
    })
  if (task.isRecorded === 1)
    throw new DomainError('not_allowed_now', 'its caller carries this out by itself', {
      hint: 'Ask the workspace that recorded it.',
    })
  const open = (await attemptsOf(tx, task.id)).find(({ endedAt }) => endedAt === null)
  if (open?.startedAt || task.cancelRequestedAt !== null)
    throw new DomainError('not_allowed_now', 'its agent works on it', {
      hint: 'Cancel it and ask the other workspace, or wait until this attempt has ended.',
    })
  // Handed over, but not begun: a start that comes after all finds its attempt ended.
  if (open) await endAttempt(tx, open, 'interrupted', reasons.reassigned)
}

/** Whatever it waited for was of the workspace that had it: the next one asks for itself. */
async function give(tx: Tx, task: TaskRow, callee: WorkspaceRow, actor: string): Promise<TaskRow> {
  const now = await dbNow(tx)
  const wait = callee.desiredState === 'paused' ? 'workspace' : null
  const row = await setWait(tx, task.id, wait, { calleeId: callee.id, nextAttemptAt: now })
  if (!row) throw notFound('task', task.id)
  await logGiven(tx, row, now)
  await recordTask(tx, 'STATUS', row, { actor })
  return row
}

const logGiven = (tx: Tx, task: TaskRow, now: number) =>
  logActivity(tx, {
    workspaceId: task.calleeId as WorkspaceId,
    orgId: task.orgId,
    direction: 'in',
    type: 'a2a_receive',
    sourceKind: task.callerKind,
    sourceId: task.callerKind === 'workspace' ? task.callerId : null,
    targetId: task.calleeId,
    method: 'message/send',
    summary: task.preview,
    status: 'ok',
    errorDetail: null,
    durationMs: null,
    taskId: task.id,
    createdAt: now,
  })
