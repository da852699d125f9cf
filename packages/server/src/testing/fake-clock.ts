import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Clock, clockOf } from '../lib/clock.ts'

interface Timer {
  dueAt: number
  run: () => void
}

export interface FakeClock extends Clock {
  /** Moves time, running what falls due in its order, and lets what it woke go on. */
  advance(ms: number): Promise<void>
  /** How many timers wait: what a test leaves behind, it leaked. */
  pending(): number
}

/** Time that stands still until a test moves it. */
export function fakeClock(startAt = Date.UTC(2030, 0, 1)): FakeClock {
  let now = startAt
  const timers = new Set<Timer>()

  const after = (ms: number, run: () => void) => {
    const timer = { dueAt: now + Math.max(0, ms), run }
    timers.add(timer)
    return () => void timers.delete(timer)
  }

  const firstDue = (until: number): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers) {
      if (timer.dueAt <= until && (!first || timer.dueAt < first.dueAt)) first = timer
    }
    return first
  }

  return {
    ...clockOf({ now: () => now, after }),
    async advance(ms) {
      const until = now + ms
      for (let due = firstDue(until); due; due = firstDue(until)) {
        timers.delete(due)
        now = due.dueAt
        due.run()
        await nextTurn()
      }
      now = until
      await nextTurn()
    },
    pending: () => timers.size,
  }
}
