import type { Clock } from './clock.ts'
import { linkedAbort } from './linked-abort.ts'
import type { Log } from './log.ts'
import type { ServerAddress } from './server-address.ts'

export type RetrySettings = {
  readonly clock: Clock
  /** Between 0 and 1. */
  readonly random: () => number
  readonly log: Log
  readonly address: ServerAddress
}

const firstPauseMs = 250
const longestPauseMs = 5_000
const mostDoublings = 10

/** Waits before the call that follows this many failures, each host a little different; a new server ends it early. */
export async function pause(
  failures: number,
  { clock, random, address }: Pick<RetrySettings, 'clock' | 'random' | 'address'>,
  signal: AbortSignal,
) {
  const wholeMs = firstPauseMs * 2 ** Math.min(failures - 1, mostDoublings)
  const ms = Math.min(longestPauseMs, wholeMs) * (0.5 + random() / 2)
  using waiting = linkedAbort(signal)
  const ends = [clock.sleep(ms, waiting.signal), address.renewed(waiting.signal)]
  for (const end of ends) end.catch(() => {})
  await Promise.race(ends)
  waiting.abort()
}

export type Repeated<T> = {
  readonly call: () => Promise<T>
  readonly isWorthAnother: (error: unknown) => boolean | Promise<boolean>
  readonly what: string
}

/** Calls until it goes well, later and later, for as long as the failures are worth another try. */
export async function repeat<T>(
  { call, isWorthAnother, what }: Repeated<T>,
  settings: RetrySettings,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted()
    try {
      return await call()
    } catch (error) {
      if (!(await isWorthAnother(error))) throw error
      if (failures === 1) settings.log('warn', `${what} failed, trying again`, { error })
    }
    await pause(failures, settings, signal)
  }
}
