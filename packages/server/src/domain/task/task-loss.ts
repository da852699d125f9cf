import type { WorkspaceId } from '@molecule/contract/id'
import { lockRow } from '../../db/dialect/dialect.ts'
import type { AttemptRow, Tx } from '../../db/tables.ts'
import { endAttempt } from './task-attempt-end.ts'
import * as reasons from './task-reason.ts'
import { prepareNext } from './task-settle.ts'
import { moveTask } from './task-status.ts'
import { taskById } from './task-store.ts'

type Ended = {
  workspaceId: WorkspaceId
  incarnation: number
  /** We ended it ourselves (restart, pause, shutdown): that is no failed try of the task. */
  planned: boolean
  /** False when the former start could not be proven gone: its work may still go on. */
  proven: boolean
}

/** Closes what an incarnation was working on when it ended, and makes the tasks ready for their next attempt. */
export async function endAttemptsOf(tx: Tx, ended: Ended): Promise<void> {
  const open = await tx
    .selectFrom('taskAttempts')
    .selectAll()
    .where('workspaceId', '=', ended.workspaceId)
    .where('incarnation', '=', ended.incarnation)
    .where('endedAt', 'is', null)
    .orderBy('taskId')
    .execute()
  for (const attempt of open) await lose(tx, attempt, ended)
}

async function lose(tx: Tx, attempt: AttemptRow, { planned, proven }: Ended): Promise<void> {
  await lockRow(tx, 'tasks', attempt.taskId)
  const task = await taskById(tx, attempt.taskId)
  if (!task) return
  const wasRunning = attempt.startedAt !== null
  const counts = wasRunning && !planned
  await endAttempt(
    tx,
    attempt,
    counts ? 'lost' : 'interrupted',
    counts ? reasons.lost : reasons.interrupted,
  )
  if (task.endedAt !== null) return
  if (task.cancelRequestedAt !== null)
    await moveTask(tx, task.id, 'cancel', { error: reasons.canceledWithAgent })
  else if (wasRunning && !proven) await moveTask(tx, task.id, 'stick', { error: reasons.unproven })
  else if (counts && task.retryCount + 1 >= task.maxAttempts)
    await moveTask(tx, task.id, 'fail', { error: reasons.exhausted(task.maxAttempts) })
  else await prepareNext(tx, task, { counts })
}
