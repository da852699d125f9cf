type Listener = () => void

export type Ticker = {
  /** Milliseconds of this machine's clock, at most one tick old. */
  now: () => number
  subscribe: (listener: Listener) => () => void
}

/** One timer for every age on the page; it runs while somebody looks. */
export function ticker(everyMs: number, readClock: () => number): Ticker {
  const listeners = new Set<Listener>()
  let now = readClock()
  let timer: ReturnType<typeof setInterval> | undefined
  const tick = () => {
    now = readClock()
    for (const listener of listeners) listener()
  }
  return {
    now: () => now,
    subscribe(listener) {
      if (listeners.size === 0) {
        now = readClock()
        timer = setInterval(tick, everyMs)
      }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) clearInterval(timer)
      }
    },
  }
}
