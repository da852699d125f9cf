/** `first` doubled for every failure after the first, up to `most`. All in milliseconds. */
export function backoff(
  failures: number,
  { first, most }: { first: number; most: number },
): number {
  return Math.min(most, first * 2 ** Math.max(0, Math.min(failures - 1, 30)))
}
