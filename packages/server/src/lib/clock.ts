/** Owns time: what it is, and every wait for it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs once, `ms` from now; the answer cancels it. */
  after(ms: number, run: () => void): () => void
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /**
   * Runs `tick` every `everyMs`, never two at once, until the signal aborts; then resolves, after
   * the tick under way. A tick that throws ends it with that error.
   */
  every(everyMs: number, tick: () => void | Promise<void>, signal: AbortSignal): Promise<void>
}

/** The longest delay that a Node timer keeps; a longer one would fire at once. */
const maxTimerMs = 2 ** 31 - 1

/** Builds the waits out of the two primitives of a clock. */
export function clockOf({ now, after }: Pick<Clock, 'now' | 'after'>): Clock {
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const abort = () => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = after(ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      signal?.addEventListener('abort', abort, { once: true })
    })

  const every: Clock['every'] = async (everyMs, tick, signal) => {
    while (!signal.aborted) {
      const isDue = await sleep(everyMs, signal).then(
        () => true,
        () => false,
      )
      if (isDue) await tick()
    }
  }

  return { now, after, sleep, every }
}

function afterRealTime(ms: number, run: () => void): () => void {
  let timer: NodeJS.Timeout
  const arm = (leftMs: number) => {
    const stepMs = Math.min(leftMs, maxTimerMs)
    timer = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : run()), stepMs)
  }
  arm(ms)
  return () => clearTimeout(timer)
}

export const systemClock: Clock = clockOf({ now: Date.now, after: afterRealTime })
