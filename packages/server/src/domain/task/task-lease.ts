import type { AttemptRef } from '@molecule/contract/host'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { WorkItem } from '@molecule/contract/work'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { Db, Queryable, TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { fenced } from '../error.ts'
import { endAttempt } from './task-attempt-end.ts'
import { questionsOf, withAnswers } from './task-question-store.ts'
import * as reasons from './task-reason.ts'
import { moveTask } from './task-status.ts'
import { setWait } from './task-waiting.ts'

/** How long a host may take between the lease of an attempt and its start. */
export const HAND_OVER_MS = 30_000

/** A hand-over whose answer got lost is repeated after so long, once the host shows that it has not got it. */
export const REPEAT_MS = 1000

export type HostRef = { workspaceId: WorkspaceId; incarnation: number }

/** A host that asks for work; `running` is all it knows of, where it says so. */
export type Lessee = HostRef & {
  running?: readonly { task_id: string; attempt: number }[] | undefined
  /** How long a hand-over is good for. */
  leaseMs?: number
  /** The hand-over after so many of the same attempt is not made: it is a dead letter. */
  maxDeliveries?: number
}

/** What is asked of a workspace with every call of its host. */
const hosted = [
  'id',
  'status',
  'desiredState',
  'incarnation',
  'maxConcurrentTasks',
  'startFailures',
  'drainingAt',
] as const
type Hosted = Pick<WorkspaceRow, (typeof hosted)[number]>

const hostedById = prepared((db, { id }: { id: WorkspaceId }) =>
  db.selectFrom('workspaces').select(hosted).where('id', '=', id),
)

/** The workspace of a host, if the host is of its present incarnation and still wanted. */
export async function hostsWorkspace(db: Queryable, host: HostRef): Promise<Hosted> {
  const [row] = await hostedById(db, { id: host.workspaceId })
  if (!row || row.incarnation !== host.incarnation || row.desiredState !== 'running')
    throw fenced('another start of this workspace has taken over, or it is not wanted any more')
  return row
}

/** Tasks of a workspace that no program works on: what may be leased follows from the attempts, never from the status. */
const leasable = (db: Queryable, workspaceId: WorkspaceId, now: number) =>
  db
    .selectFrom('tasks')
    .leftJoin('taskAttempts as open', (join) =>
      join.onRef('open.taskId', '=', 'tasks.id').on('open.endedAt', 'is', null),
    )
    .where('tasks.calleeId', '=', workspaceId)
    .where('tasks.endedAt', 'is', null)
    .where('tasks.cancelRequestedAt', 'is', null)
    .where('tasks.isRecorded', '=', 0)
    .where('open.startedAt', 'is', null)
    .where((is) =>
      is.or([
        is('tasks.waitingFor', 'is', null),
        is('tasks.waitingFor', 'not in', ['input', 'approval', 'auth']),
      ]),
    )
    .where((is) =>
      is.or([
        is('tasks.startBy', 'is', null),
        is('tasks.startBy', '>', now),
        is('tasks.status', '<>', 'queued'),
      ]),
    )

/** When such a task may be handed over, to this host: one it got before and does not know of was lost on the way. */
const dueAt = ({ incarnation, running }: Lessee) => sql<number>`case
  when open.no is null then tasks.next_attempt_at
  when ${isUnknown(incarnation, running)} then open.leased_at + ${REPEAT_MS}
  else open.lease_expires_at end`

function isUnknown(incarnation: number, running: Lessee['running']) {
  if (!running) return sql<boolean>`1 = 0`
  const known = running.map(
    ({ task_id, attempt }) => sql`open.task_id = ${task_id} and open.no = ${attempt}`,
  )
  return sql<boolean>`open.incarnation = ${incarnation} and not (${sql.join([sql`1 = 0`, ...known], sql` or `)})`
}

/** Milliseconds until something may be leased: 0 for now, undefined for nothing in sight. */
export async function nextLeaseIn(db: Db, host: Lessee): Promise<number | undefined> {
  const now = await dbNow(db)
  const found = await leasable(db, host.workspaceId, now)
    .select((is) => [is.fn.min(dueAt(host)).as('due')])
    .executeTakeFirst()
  return found?.due == null ? undefined : Math.max(0, Number(found.due) - now)
}

/** Hands over up to `capacity` attempts, each under a fence that no earlier hand-over had. */
export async function leaseAttempts(db: Db, host: Lessee, capacity: number): Promise<WorkItem[]> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'workspaces', host.workspaceId)
    const workspace = await hostsWorkspace(tx, host)
    if (workspace.drainingAt !== null) return []
    const now = await dbNow(tx)
    const free = Math.min(capacity, workspace.maxConcurrentTasks - (await openRuns(tx, host)))
    if (free <= 0) return []
    const tasks = await leasable(tx, host.workspaceId, now)
      .where(dueAt(host), '<=', now)
      .innerJoin('taskRequests', 'taskRequests.taskId', 'tasks.id')
      .selectAll('tasks')
      .select(['open.no as openNo', 'open.deliveries', 'taskRequests.text'])
      .orderBy('tasks.priority', 'desc')
      .orderBy('tasks.createdAt')
      .orderBy('tasks.id')
      .limit(free)
      .execute()
    const leased: WorkItem[] = []
    for (const task of tasks)
      if (isDead(task, host)) await bury(tx, task)
      else leased.push(await handOver(tx, task, { host, now }))
    return leased
  })
}

/** Attempts this workspace works on; one that may be handed over again does not count. */
async function openRuns(tx: Tx, host: Lessee): Promise<number> {
  const now = await dbNow(tx)
  const { count } = await tx
    .selectFrom('taskAttempts as open')
    .innerJoin('tasks', 'tasks.id', 'open.taskId')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('open.workspaceId', '=', host.workspaceId)
    .where('open.endedAt', 'is', null)
    .where((is) => is.or([is('open.startedAt', 'is not', null), is(dueAt(host), '>', now)]))
    .executeTakeFirstOrThrow()
  return Number(count)
}

type Candidate = TaskRow & { openNo: number | null; deliveries: number | null; text: string }

const isDead = ({ deliveries }: Candidate, { maxDeliveries }: Lessee) =>
  maxDeliveries !== undefined && (deliveries ?? 0) >= maxDeliveries

async function bury(tx: Tx, { id, openNo, deliveries }: Candidate): Promise<void> {
  const error = reasons.deadLetter(deliveries ?? 0)
  if (openNo !== null) await endAttempt(tx, { taskId: id, no: openNo }, 'interrupted', error)
  await moveTask(tx, id, 'fail', { error })
}

async function handOver(
  tx: Tx,
  task: Candidate,
  { host, now }: { host: Lessee; now: number },
): Promise<WorkItem> {
  const no = task.openNo ?? task.attempt + 1
  const fence = task.fence + 1
  const lease = {
    incarnation: host.incarnation,
    fence,
    leasedAt: now,
    leaseExpiresAt: now + (host.leaseMs ?? HAND_OVER_MS),
    deliveries: (task.deliveries ?? 0) + 1,
  }
  if (task.openNo === null)
    await tx
      .insertInto('taskAttempts')
      .values({ taskId: task.id, no, workspaceId: task.calleeId, ...lease })
      .execute()
  else
    await tx
      .updateTable('taskAttempts')
      .set({ ...lease, incarnation: undefined } as never)
      .where('taskId', '=', task.id)
      .where('no', '=', no)
      .execute()
  if (task.waitingFor === 'quota') await setWait(tx, task.id, null)
  if (task.status === 'queued') await moveTask(tx, task.id, 'dispatch', { attempt: no, fence })
  else
    await tx
      .updateTable('tasks')
      .set({ attempt: no, fence, rev: sql`rev + 1` })
      .where('id', '=', task.id)
      .execute()
  return {
    task_id: task.id,
    attempt: no,
    fence,
    text: no > 1 ? withAnswers(task.text, await questionsOf(tx, task.id)) : task.text,
    context_id: task.contextId,
    trace_id: task.traceId,
    caller_id: task.callerId,
    parent_task_id: task.parentTaskId,
    caller: { kind: task.callerKind, id: task.callerId },
    leased_until: new Date(lease.leaseExpiresAt).toISOString(),
    deliveries: lease.deliveries,
  }
}

/**
 * Of the attempts a host says it works on, those that must end. Work on a task that is only thought to be stuck goes on:
 * its result is wanted, late as it is.
 */
export async function toCancel(
  db: Queryable,
  host: HostRef,
  running: { task_id: string; attempt: number }[],
): Promise<AttemptRef[]> {
  if (running.length === 0) return []
  const rows = await db
    .selectFrom('taskAttempts')
    .innerJoin('tasks', 'tasks.id', 'taskAttempts.taskId')
    .select(['tasks.id', 'taskAttempts.no'])
    .where('tasks.calleeId', '=', host.workspaceId)
    .where(
      'tasks.id',
      'in',
      running.map((each) => each.task_id as TaskId),
    )
    .where('taskAttempts.endedAt', 'is', null)
    .where((is) => is.or([is('tasks.endedAt', 'is', null), is('tasks.status', '=', 'stuck')]))
    .where('tasks.cancelRequestedAt', 'is', null)
    .execute()
  const wanted = new Set(rows.map((row) => `${row.id}/${row.no}`))
  return running
    .filter((each) => !wanted.has(`${each.task_id}/${each.attempt}`))
    .map((each) => ({ task_id: each.task_id as TaskId, attempt: each.attempt }))
}
