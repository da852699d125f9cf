import { setTimeout as sleepMs } from 'node:timers/promises'

export interface Clock {
  /** Milliseconds that stand still while the machine is suspended. */
  now(): number
  /** Rejects when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleepMs(ms, undefined, { signal }),
}
