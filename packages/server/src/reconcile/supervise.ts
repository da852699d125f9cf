import { backoff } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'

/** A loop that looks for work by itself and sooner when it is woken. Every round may be repeated. */
export type Controller = {
  name: string
  everyMs: number
  round(signal: AbortSignal): Promise<void>
  /** Work begun or waiting. */
  backlog?(): number
  /** Waits, after the last round, for work that rounds have begun. */
  end?(): Promise<void>
}

export type Log = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** How a controller is doing: `/readyz` and `/admin/liveness` read it. */
export type Pulse = {
  name: string
  everyMs: number
  /** When a round was last completed; one that hangs does not count. */
  lastRoundAt: number | null
  /** Rounds that failed since the last good one, and since the beginning. */
  failures: number
  restarts: number
  backlog: number | null
}

export type Supervised = { pulse(): Pulse; wake(): void; done: Promise<void> }

const RETRY = { first: 1000, most: 30_000 }

/** Runs a controller until the signal aborts. A round that throws is tried again later, and never ends the process. */
export function supervise(
  controller: Controller,
  { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
): Supervised {
  const pulse: Pulse = {
    name: controller.name,
    everyMs: controller.everyMs,
    lastRoundAt: null,
    failures: 0,
    restarts: 0,
    backlog: null,
  }
  let wakeUp = () => {}
  let isWoken = false
  const rest = async (ms: number) => {
    if (isWoken) return
    const sleeping = new AbortController()
    // A reason of our own costs nothing; the usual one collects a stack at every wake-up.
    wakeUp = () => sleeping.abort('woken')
    await clock.sleep(ms, AbortSignal.any([sleeping.signal, signal])).catch(() => {})
    wakeUp = () => {}
  }
  const run = async () => {
    while (!signal.aborted) {
      isWoken = false
      try {
        await controller.round(signal)
        pulse.lastRoundAt = clock.now()
        pulse.failures = 0
      } catch (error) {
        if (signal.aborted) break
        pulse.failures += 1
        pulse.restarts += 1
        log.error({ controller: controller.name, error }, 'a round failed and is tried again')
      }
      await rest(pulse.failures ? backoff(pulse.failures, RETRY) : controller.everyMs)
    }
    await controller.end?.()
  }
  return {
    pulse: () => ({ ...pulse, backlog: controller.backlog?.() ?? null }),
    wake() {
      isWoken = true
      wakeUp()
    },
    done: run(),
  }
}
