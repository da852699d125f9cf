import type { AttemptOutcome } from '@molecule/contract/task'
import type { Reason } from '@molecule/contract/workspace'
import { dbNow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { AttemptRow, Tx } from '../../db/tables.ts'

type AttemptKey = Pick<AttemptRow, 'taskId' | 'no'>
type End = AttemptKey & { now: number; outcome: AttemptOutcome; reason: Reason | null }

const markEnded = prepared((tx, { taskId, no, now, outcome, reason }: End) =>
  tx
    .updateTable('taskAttempts')
    .set({ endedAt: now, outcome, reason })
    .where('taskId', '=', taskId)
    .where('no', '=', no)
    .where('endedAt', 'is', null),
)

export async function endAttempt(
  tx: Tx,
  attempt: AttemptKey,
  outcome: AttemptOutcome,
  reason: Reason | null,
): Promise<void> {
  const { taskId, no } = attempt
  await markEnded(tx, { taskId, no, now: await dbNow(tx), outcome, reason })
}
