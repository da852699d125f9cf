import type { CompleteAttempt } from '@molecule/contract/host'
import type { Reason } from '@molecule/contract/workspace'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { TaskRow, Tx } from '../../db/tables.ts'
import { backoff } from '../../lib/backoff.ts'
import { recordTask } from '../event/record.ts'
import * as reasons from './task-reason.ts'
import { moveTask } from './task-status.ts'
import { setWait } from './task-waiting.ts'

const FREE_INTERRUPTIONS = 2
const PAUSES = { first: 1000, most: 60_000 }
/** Between looks at a limit that nobody gave an end to. */
const QUOTA_PAUSE_MS = 15 * 60_000
const QUOTA_PAUSE_MAX_MS = 24 * 60 * 60_000
const QUOTA_PAUSE_MIN_MS = 1000

type End = Pick<CompleteAttempt, 'outcome' | 'result' | 'reason' | 'failure' | 'retry_at'>

/** What the end of an attempt means for its task. */
export async function settle(tx: Tx, task: TaskRow, end: End): Promise<void> {
  if (end.outcome === 'completed')
    await moveTask(tx, task.id, 'complete', { result: end.result ?? '' })
  else if (end.outcome === 'canceled' || task.cancelRequestedAt !== null)
    await moveTask(tx, task.id, 'cancel', { error: end.reason ?? reasons.canceled })
  else if (end.outcome === 'failed') await settleFailure(tx, task, end)
  else await putOff(tx, task)
}

async function settleFailure(tx: Tx, task: TaskRow, end: End): Promise<void> {
  const reason = end.reason ?? reasons.unexplained
  switch (end.failure) {
    case 'transient':
      return task.retryCount + 1 >= task.maxAttempts
        ? fail(tx, task, reason)
        : prepareNext(tx, task, { counts: true })
    case 'quota':
      return waitForQuota(tx, task, { reason, until: end.retry_at })
    case 'auth': {
      const row = await setWait(tx, task.id, 'auth', { waitReason: reason })
      return row && recordTask(tx, 'STATUS', row)
    }
    default:
      return fail(tx, task, reason)
  }
}

async function fail(tx: Tx, task: TaskRow, error: Reason): Promise<void> {
  await moveTask(tx, task.id, 'fail', { error })
}

type Limit = { reason: Reason; until: string | undefined }

async function waitForQuota(tx: Tx, task: TaskRow, { reason, until }: Limit): Promise<void> {
  const now = await dbNow(tx)
  const asked = until === undefined ? QUOTA_PAUSE_MS : Date.parse(until) - now
  const pause = Math.min(Math.max(asked, QUOTA_PAUSE_MIN_MS), QUOTA_PAUSE_MAX_MS)
  const row = await setWait(tx, task.id, 'quota', {
    nextAttemptAt: now + pause,
    waitReason: reason,
  })
  if (row) await recordTask(tx, 'STATUS', row)
}

/** An interrupted task goes on at once; one that is interrupted again and again, with growing pauses. */
async function putOff(tx: Tx, task: TaskRow): Promise<void> {
  const isRepeated = task.attempt > FREE_INTERRUPTIONS
  const waitMs = isRepeated ? backoff(task.attempt - FREE_INTERRUPTIONS, PAUSES) : 0
  const nextAttemptAt = (await dbNow(tx)) + waitMs
  await tx.updateTable('tasks').set({ nextAttemptAt }).where('id', '=', task.id).execute()
}

/** Makes a task ready for its next attempt: at once after the first failed try, then with growing pauses. */
export async function prepareNext(
  tx: Tx,
  task: TaskRow,
  { counts }: { counts: boolean },
): Promise<void> {
  const pause = counts && task.retryCount > 0 ? backoff(task.retryCount, PAUSES) : 0
  const row = await setWait(tx, task.id, task.waitingFor, {
    retryCount: task.retryCount + (counts ? 1 : 0),
    nextAttemptAt: (await dbNow(tx)) + pause,
  })
  if (row) await recordTask(tx, 'STATUS', row)
}
