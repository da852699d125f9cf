import { MoleculeError } from '@molecule/sdk'
import { backoffMs } from '../lib/backoff.ts'
import { batch, type Schedule } from '../live/batch.ts'
import { emptied, type LogLines, noLines, withText } from './log-lines.ts'

export type LogState = {
  readonly log: LogLines
  /** `lost`: to be read again soon; `ended`: nothing is written to it now. */
  readonly phase: 'reading' | 'lost' | 'ended'
  /** Why it could not be read the last time. */
  readonly error: unknown
}

export const unread: LogState = { log: noLines, phase: 'reading', error: null }

type Needs = {
  read: (signal: AbortSignal) => AsyncIterable<string>
  /** Whether the workspace is meant to run, so that more may come. */
  isRunning: () => boolean
  show: (change: (former: LogState) => LogState) => void
  schedule: Schedule
  sleep: (ms: number, signal: AbortSignal) => Promise<void>
  random: () => number
}

/** What no waiting changes: no session, no right, no such workspace, its log removed. */
const lasting: ReadonlySet<number> = new Set([401, 403, 404, 410])

/** Reads a log to its end, and again as long as the workspace runs. What was read stays until there is more. */
export async function followLog(needs: Needs, signal: AbortSignal): Promise<void> {
  const { isRunning, show, sleep, random } = needs
  for (let failures = 0; !signal.aborted; failures++) {
    const { error, hasRead } = await readOnce(needs, signal)
    if (signal.aborted) return
    if (hasRead) failures = 0
    const isOver = error instanceof MoleculeError ? lasting.has(error.status) : !isRunning()
    show((former) => ({ ...former, error, phase: isOver || !isRunning() ? 'ended' : 'lost' }))
    if (isOver || !isRunning()) return
    await sleep(backoffMs(failures, random), signal)
  }
}

async function readOnce({ read, show, schedule }: Needs, signal: AbortSignal) {
  let hasRead = false
  const pieces = batch<string>(schedule, (ready) => {
    const isFirst = !hasRead
    hasRead = true
    show(({ log }) => ({
      log: withText(isFirst ? emptied(log) : log, ready.join('')),
      phase: 'reading',
      error: null,
    }))
  })
  try {
    for await (const piece of read(signal)) pieces.add(piece)
    return { error: null, hasRead }
  } catch (error) {
    return { error, hasRead }
  } finally {
    if (signal.aborted) pieces.clear()
    else pieces.flush()
  }
}
