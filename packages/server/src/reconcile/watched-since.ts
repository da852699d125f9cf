/** Since when rounds follow each other without a gap longer than this: what happened in a gap we did not see. */
export function watchedSince(maxGapMs: number) {
  let watching = { since: 0, last: Number.NEGATIVE_INFINITY }
  return (now: number): number => {
    const isGap = now < watching.last || now - watching.last > maxGapMs
    watching = { since: isGap ? now : watching.since, last: now }
    return watching.since
  }
}
