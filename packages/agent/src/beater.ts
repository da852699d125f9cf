import type { AttemptProgress, AttemptRef } from '@molecule/contract/host'
import type { Attempt } from './attempt.ts'
import type { Clock } from './clock.ts'
import { linkedAbort } from './linked-abort.ts'
import { pause } from './retry.ts'
import type { ServerAddress } from './server-address.ts'
import { type ServerLink, verdictOn } from './server-link.ts'

/** Tells the server that the host lives, which attempts move on, and what they print. */
export type Beater = {
  /** There is output: the next beat need not wait. */
  nudge(): void
  /** Resolves when the server has all that the attempt printed, or does not want it. */
  flush(attempt: Attempt): Promise<void>
  /** Beats until aborted. */
  run(signal: AbortSignal): Promise<void>
}

export type BeaterSettings = {
  readonly link: ServerLink
  readonly clock: Clock
  readonly random: () => number
  readonly address: ServerAddress
  readonly everyMs: number
  /** Aborted when the server is not to be told any more. */
  readonly telling: AbortSignal
  readonly attempts: () => Iterable<Attempt>
  readonly onCancel: (refs: AttemptRef[]) => void
  readonly onFenced: () => void
}

/** At most four writes of output a second. */
const shortestGapMs = 250
const maxUnitsPerBeat = 262_144

export function beater(settings: BeaterSettings): Beater {
  const { link, telling, attempts, onCancel, onFenced } = settings
  let wake = () => {}

  const beat = async () => {
    const report = reportOn(attempts())
    try {
      const { cancel } = await link.call(
        (client, call) => client.beat({ attempts: report.progress }, call),
        telling,
      )
      report.confirm()
      onCancel(cancel)
    } catch (error) {
      report.restore()
      if (verdictOn(error) === 'fenced') onFenced()
      throw error
    }
  }
  const send = oneAtATime(beat)

  return {
    nudge: () => wake(),
    async flush(attempt) {
      try {
        while (!attempt.output.isEmpty()) await send()
      } catch (error) {
        // Output is a view of the work; its end is told all the same.
        if (verdictOn(error) === 'unreachable') throw error
      }
    },
    async run(signal) {
      for (let failures = 0; !signal.aborted; ) {
        failures = await send().then(
          () => 0,
          () => failures + 1,
        )
        const wait = failures > 0 ? pause(failures, settings, signal) : untilNext(signal)
        await wait.catch(() => {})
      }
    },
  }

  async function untilNext(signal: AbortSignal) {
    const { clock, everyMs } = settings
    await clock.sleep(shortestGapMs, signal)
    if ([...attempts()].some(({ output }) => !output.isEmpty())) return
    using rest = linkedAbort(signal)
    wake = () => rest.abort()
    await clock.sleep(Math.max(0, everyMs - shortestGapMs), rest.signal)
  }
}

/** What one beat says, and what follows from how it went. */
function reportOn(attempts: Iterable<Attempt>) {
  const told = [...attempts].filter(({ phase }) => phase !== 'leased')
  const hadProgressed = told.map(({ hasProgressed }) => hasProgressed)
  let left = maxUnitsPerBeat
  const progress = told.map((attempt): AttemptProgress => {
    const output = attempt.output.take(left)
    left = Math.max(0, left - output.reduce((sum, { text }) => sum + text.length, 0))
    const progressed = attempt.hasProgressed
    attempt.hasProgressed = false
    const { task_id, attempt: no } = attempt.leased
    return { task_id, attempt: no, fence: attempt.fence, progressed, output }
  })
  return {
    progress,
    confirm() {
      for (const { output } of told) output.confirm()
    },
    restore() {
      for (const [index, attempt] of told.entries())
        attempt.hasProgressed ||= hadProgressed[index] ?? false
    },
  }
}

/** One run at a time; all who ask while it lasts share the next. */
function oneAtATime(work: () => Promise<void>) {
  let running: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = () => {
    next = undefined
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return begin()
    next ??= running.then(begin, begin)
    return next
  }
}
