import type { Services } from './context.ts'

/** The longest a request is held open. */
export const MAX_WAIT_S = 25

type Wait<T> = {
  keys: string[]
  seconds: number
  /** Ends the wait when the caller hangs up. */
  signal: AbortSignal
  look: () => Promise<T>
  isEnough: (found: T) => boolean
  /** Milliseconds until it is worth looking even without a wake-up. */
  lookAgainIn?: (found: T) => number | undefined
}

/** Looks, and looks again whenever one of the keys is woken, until there is enough or the time is over. */
export async function waitFor<T>(
  { wakes, clock, closing }: Pick<Services, 'wakes' | 'clock' | 'closing'>,
  { keys, seconds, signal, look, isEnough, lookAgainIn }: Wait<T>,
): Promise<T> {
  if (seconds <= 0) return look()
  const until = clock.now() + Math.min(seconds, MAX_WAIT_S) * 1000
  for (;;) {
    const round = new AbortController()
    const listening = AbortSignal.any([signal, closing, round.signal])
    try {
      const remaining = until - clock.now()
      const woken = keys.map((key) =>
        wakes.waitFor(key, { signal: listening, timeoutMs: Math.max(0, remaining) }),
      )
      for (const each of woken) each.catch(() => {})
      const found = await look()
      if (isEnough(found) || remaining <= 0 || listening.aborted) return found
      const soon = lookAgainIn?.(found)
      const timer = soon === undefined ? [] : [clock.sleep(soon, listening)]
      await Promise.race([...woken, ...timer]).catch(() => {})
    } finally {
      // A reason of our own costs nothing; the usual one collects a stack at every look.
      round.abort('looked')
    }
  }
}
