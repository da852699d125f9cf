import type { TaskId } from '@molecule/contract/id'
import type { Reason } from '@molecule/contract/workspace'
import type { ExpressionBuilder } from 'kysely'
import { dbNow, lockRow } from '../db/dialect/dialect.ts'
import type { Db, Tables, TaskRow, Tx } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { deliverDeadlineNotice } from '../domain/inbox/deliver.ts'
import { moveTask } from '../domain/task/task-status.ts'
import type { Controller, Log } from './supervise.ts'

type Options = { db: Db; log: Log; everyMs: number; stuckAfterMs: number }

const PAGE = 200
/** How long before its deadline the caller of a task is told. */
const NOTICE_MS = 10 * 60_000

/**
 * Ends what has no future: first tasks past their deadline or not taken up in time, then running ones without a sign of life. A task that waits
 * for its next attempt, or that never beat, is left to its deadline. A workspace is told ten minutes before the time of what it
 * asked for is over, once for each deadline.
 */
export function taskSweeper({ db, log, everyMs, stuckAfterMs }: Options): Controller {
  const grace = boundedGrace(everyMs, stuckAfterMs)
  const eachOf = async (
    ids: TaskId[],
    signal: AbortSignal,
    end: (tx: Tx, id: TaskId) => Promise<void>,
  ) => {
    for (const id of ids) if (!signal.aborted) await transact(db, (tx) => end(tx, id))
  }
  return {
    name: 'task-sweeper',
    everyMs,
    async round(signal) {
      const now = await dbNow(db)
      const late = await pastDeadline(db, now)
      for (const id of await nearDeadline(db, now))
        if (!signal.aborted) await transact(db, (tx) => noticeIfStill(tx, id))
      const silent = grace(now) ? await withoutHeartbeat(db, now - stuckAfterMs) : []
      await eachOf(late, signal, (tx, id) => endIfStill(tx, id, { past: 'deadline' }))
      await eachOf(await expired(db, now), signal, expireIfStill)
      await eachOf(silent, signal, (tx, id) =>
        endIfStill(tx, id, { past: 'heartbeat', stuckAfterMs }),
      )
      if (late.length + silent.length > 0)
        log.info({ deadline: late.length, stuck: silent.length }, 'ended tasks without a future')
    },
  }
}

/** A deadline that nobody set stands still while its task waits. */
const isRunning = (is: ExpressionBuilder<Tables, 'tasks'>) =>
  is.or([is('waitingFor', 'is', null), is('deadlineIsHard', '=', 1)])
const standsStill = (task: TaskRow) => task.waitingFor !== null && task.deadlineIsHard === 0

async function pastDeadline(db: Db, now: number): Promise<TaskId[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('endedAt', 'is', null)
    .where('deadline', '<=', now)
    .where(isRunning)
    .orderBy('deadline')
    .limit(PAGE)
    .execute()
  return rows.map((row) => row.id)
}

/** Nobody has taken them up, and it is too late to. */
async function expired(db: Db, now: number): Promise<TaskId[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('status', '=', 'queued')
    .where('endedAt', 'is', null)
    .where('startBy', '<=', now)
    .orderBy('startBy')
    .limit(PAGE)
    .execute()
  return rows.map((row) => row.id)
}

async function expireIfStill(tx: Tx, id: TaskId): Promise<void> {
  await lockRow(tx, 'tasks', id)
  const task = await tx.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (task?.status === 'queued') await moveTask(tx, id, 'fail', { error: notTakenUp })
}

async function nearDeadline(db: Db, now: number): Promise<TaskId[]> {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('endedAt', 'is', null)
    .where('callerKind', '=', 'workspace')
    .where('deadline', '>', now)
    .where('deadline', '<=', now + NOTICE_MS)
    .where(isRunning)
    .where((is) =>
      is.or([is('noticedDeadline', 'is', null), is('noticedDeadline', '<>', is.ref('deadline'))]),
    )
    .orderBy('deadline')
    .limit(PAGE)
    .execute()
  return rows.map((row) => row.id)
}

/** Looks again under the lock: one that has ended, or has more time by now, needs no notice. */
async function noticeIfStill(tx: Tx, id: TaskId): Promise<void> {
  await lockRow(tx, 'tasks', id)
  const now = await dbNow(tx)
  const task = await tx.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (!task || task.endedAt !== null || standsStill(task)) return
  if (task.deadline > now + NOTICE_MS) return
  if (task.noticedDeadline === task.deadline) return
  await deliverDeadlineNotice(tx, task, now)
  await tx
    .updateTable('tasks')
    .set({ noticedDeadline: task.deadline })
    .where('id', '=', id)
    .execute()
}

async function withoutHeartbeat(db: Db, before: number): Promise<TaskId[]> {
  const rows = await db
    .selectFrom('tasks')
    .leftJoin('taskAttempts', (join) =>
      join.onRef('taskAttempts.taskId', '=', 'tasks.id').on('taskAttempts.endedAt', 'is', null),
    )
    .select('tasks.id')
    .where('tasks.endedAt', 'is', null)
    .where('tasks.waitingFor', 'is', null)
    .where('tasks.lastHeartbeat', '<', before)
    .where((is) =>
      is.or([is('taskAttempts.startedAt', 'is not', null), is('tasks.isRecorded', '=', 1)]),
    )
    .orderBy('tasks.lastHeartbeat')
    .limit(PAGE)
    .execute()
  return rows.map((row) => row.id)
}

type Rule = { past: 'deadline' } | { past: 'heartbeat'; stuckAfterMs: number }

/** Looks again under the lock: a beat or a result that came meanwhile wins. */
async function endIfStill(tx: Tx, id: TaskId, rule: Rule): Promise<void> {
  await lockRow(tx, 'tasks', id)
  const now = await dbNow(tx)
  const task = await tx.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()
  if (!task || task.endedAt !== null) return
  if (rule.past === 'deadline') {
    if (task.deadline <= now && !standsStill(task))
      await moveTask(tx, id, 'fail', { error: deadlineExceeded })
    return
  }
  if (task.waitingFor !== null) return
  const silentMs = now - (task.lastHeartbeat ?? now)
  if (silentMs >= rule.stuckAfterMs)
    await moveTask(tx, id, 'stick', { error: noHeartbeat(silentMs) })
}

const deadlineExceeded: Reason = {
  code: 'deadline_exceeded',
  detail: 'deadline exceeded by sweeper',
  hint: 'Ask again with more time (deadline_s), or in smaller pieces.',
}

const notTakenUp: Reason = {
  code: 'expired',
  detail: 'Nobody had taken it up within the time its caller gave it.',
  hint: 'Ask again with more time (start_within_s), a higher priority, or another workspace.',
}

const noHeartbeat = (silentMs: number): Reason => ({
  code: 'no_heartbeat',
  detail: `no heartbeat for ${Math.round(silentMs / 1000)} s`,
  hint: 'Its agent shows no progress. A result that still comes is kept and delivered; ask again to try anew.',
})

/** Staleness is judged only after rounds without a gap as long as the threshold: a gap may have been our own. */
function boundedGrace(everyMs: number, thresholdMs: number) {
  let last: number | undefined
  let since = 0
  return (now: number) => {
    if (last === undefined || now < last || now - last > 2 * everyMs) since = now
    last = now
    return now - since >= thresholdMs
  }
}
