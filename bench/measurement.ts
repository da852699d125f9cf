/** What a measurement is handed. */
export type Bench = {
  /** Below it everything is written; removed at the end. */
  readonly folder: string
  readonly signal: AbortSignal
  /** What is going on, for a person who waits. */
  say(text: string): void
}

/** What the bare machine needs for the same thing. */
export type Floor = { readonly name: string; readonly samples: readonly number[] }

export type Target = {
  /** `value` in the unit of the measurement, `ratio` to the first floor. */
  readonly of: 'value' | 'ratio'
  readonly atMost?: number
  readonly atLeast?: number
}

/** One number with one sample for each round, beside its floors of the same rounds. */
export type Figure = {
  readonly name: string
  /** Where it is not that of the measurement. */
  readonly unit?: string
  readonly samples: readonly number[]
  readonly floors: readonly Floor[]
  readonly target?: Target
}

export type Measurement = {
  readonly name: string
  readonly unit: string
  /** What stands beside it, in words. */
  readonly floor: string
  run(bench: Bench): Promise<Figure[]>
}
