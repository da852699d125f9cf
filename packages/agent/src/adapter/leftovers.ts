import type { JournalReport } from '@molecule/contract/host'
import { marksOf } from './command.ts'
import { endProcesses } from './end-processes.ts'

/** What a former host was working on when it died must not run on beside the next attempt. */
export async function endLeftovers(attempts: readonly JournalReport[]) {
  for (const { task_id, attempt, state } of attempts) {
    if (state !== 'started') continue
    const marks = marksOf(task_id, attempt)
    const isGone = await endProcesses({ marks, leader: () => undefined, graceMs: 0 })
    if (!isGone) throw new Error(`processes of attempt ${task_id}/${attempt} withstand KILL`)
  }
}
