import type { Clock } from '../lib/clock.ts'

/** What is left of a limit, and for how long. */
export type Quota = { limit: number; remaining: number; resetS: number; isOver: boolean }

const WINDOW_MS = 60_000
/** More than a busy server meets in a minute; beyond it the oldest are forgotten, so that no flood takes the memory. */
const MAX_KEYS = 10_000

/** Counts per key and minute. */
export function windows(clock: Pick<Clock, 'now'>) {
  const counts = new Map<string, { used: number; endsAt: number }>()
  const current = (key: string) => {
    const window = counts.get(key)
    return window && window.endsAt > clock.now() ? window : undefined
  }
  const quota = (key: string, limit: number): Quota => {
    const { used, endsAt } = current(key) ?? { used: 0, endsAt: clock.now() + WINDOW_MS }
    const resetS = Math.ceil((endsAt - clock.now()) / 1000)
    return { limit, remaining: Math.max(0, limit - used), resetS, isOver: used > limit }
  }
  return {
    quota,
    take(key: string, limit: number): Quota {
      const window = current(key)
      if (window) window.used++
      else {
        counts.delete(key)
        counts.set(key, { used: 1, endsAt: clock.now() + WINDOW_MS })
        for (const oldest of counts.keys()) {
          if (counts.size <= MAX_KEYS) break
          counts.delete(oldest)
        }
      }
      return quota(key, limit)
    },
  }
}
