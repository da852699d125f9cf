import { Cron } from 'croner'
import { DomainError } from '../error.ts'

export type Rhythm = { cronExpr: string; timezone: string }

/** Throws for an expression or a time zone that is none, and for one that never comes. */
export function checkRhythm(rhythm: Rhythm, now: number): void {
  let next: number | null
  try {
    next = nextAfter(rhythm, now)
  } catch (error) {
    throw invalid(rhythm, error instanceof Error ? error.message : String(error))
  }
  if (next === null) throw invalid(rhythm, 'it never comes')
}

const invalid = ({ cronExpr, timezone }: Rhythm, why: string) =>
  new DomainError('invalid', `"${cronExpr}" in ${timezone} is no schedule: ${why}`, {
    hint: 'Five fields, minute hour day month weekday ("0 9 * * 1-5"), and an IANA time zone ("Europe/Berlin").',
  })

const cronOf = ({ cronExpr, timezone }: Rhythm) =>
  new Cron(cronExpr, { timezone, mode: '5-part', paused: true })

/** The next time, in milliseconds; null when there is none. */
export const nextAfter = (rhythm: Rhythm, after: number): number | null =>
  cronOf(rhythm).nextRun(new Date(after))?.getTime() ?? null

const SECOND = 1000

/** The times from the first one, which is due, until now, oldest first; of more than `most` the newest. */
export function slotsUntil(rhythm: Rhythm, first: number, now: number, most: number): number[] {
  const found = cronOf(rhythm)
    .previousRuns(most, new Date(now + SECOND))
    .map((each) => each.getTime())
    .filter((at) => at >= first && at <= now)
    .reverse()
  return found.length > 0 ? found : [first]
}

/** How far apart two times are, from now on. */
export function intervalOf(rhythm: Rhythm, now: number): number {
  const [first, second] = cronOf(rhythm).nextRuns(2, new Date(now))
  return first && second ? second.getTime() - first.getTime() : Number.POSITIVE_INFINITY
}
