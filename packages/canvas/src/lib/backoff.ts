export const firstDelayMs = 500
export const maxDelayMs = 15_000

/** Doubles up to the limit; the second half of each delay is random, so that many pages do not return at once. */
export function backoffMs(failures: number, random: () => number): number {
  const full = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures, 10))
  return full / 2 + (full / 2) * random()
}
