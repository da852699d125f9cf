/** The value that `share` of the samples do not exceed. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (found === undefined) throw new Error('no samples')
  return found
}

export function median(samples: readonly number[]): number {
  const upper = percentile(samples, 0.5)
  const isEven = samples.length % 2 === 0
  return isEven ? (upper + percentile(samples, 0.5 + 1 / samples.length)) / 2 : upper
}

/** Half of the distance between the extremes, as a share of the median: how far one round can be trusted. */
export const spread = (samples: readonly number[]) =>
  (Math.max(...samples) - Math.min(...samples)) / 2 / (median(samples) || 1)

/** Runs the works in turn, `rounds` times over, so that whatever else the machine does falls on all alike. */
export async function alternate<K extends string>(
  rounds: number,
  signal: AbortSignal,
  works: Record<K, () => Promise<number>>,
): Promise<Record<K, number[]>> {
  const names = Object.keys(works) as K[]
  const samples = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<
    K,
    number[]
  >
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      signal.throwIfAborted()
      samples[name].push(await works[name]())
    }
  }
  return samples
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
