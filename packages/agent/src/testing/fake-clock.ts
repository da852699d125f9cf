import type { Clock } from '../clock.ts'

export type FakeClock = Clock & {
  /** Moves on, waking all whose time has come. */
  advance(ms: number): void
}

export function fakeClock(): FakeClock {
  let now = 0
  const sleepers = new Set<{ at: number; wake: () => void }>()
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason)
        const abort = () => {
          sleepers.delete(sleeper)
          reject(signal.reason)
        }
        const wake = () => {
          sleepers.delete(sleeper)
          signal.removeEventListener('abort', abort)
          resolve()
        }
        const sleeper = { at: now + ms, wake }
        sleepers.add(sleeper)
        signal.addEventListener('abort', abort, { once: true })
      }),
    advance(ms) {
      now += ms
      for (const sleeper of [...sleepers]) if (sleeper.at <= now) sleeper.wake()
    },
  }
}
