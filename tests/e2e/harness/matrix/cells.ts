import { dice } from '../dice.ts'

/** Where in the life of a task something dies. `ending`: its program has ended, and nobody has been told. */
export const moments = [
  'queued',
  'dispatched',
  'in_progress',
  'ending',
  'canceling',
  'completed',
  'failed',
  'canceled',
  'stuck',
] as const
export type Moment = (typeof moments)[number]

export const victims = ['server', 'host', 'agent', 'database', 'network'] as const
export type Victim = (typeof victims)[number]

export type Cell = { readonly no: number; readonly moment: Moment; readonly victim: Victim }

/** So many runs, every cell as often as any other (one more at most), in an order that the seed picks. */
export function matrixCells({ runs, seed }: { runs: number; seed: number }): Cell[] {
  const all = moments.flatMap((moment) => victims.map((victim) => ({ moment, victim })))
  const cells: Omit<Cell, 'no'>[] = []
  for (let round = 0; cells.length < runs; round++) cells.push(...shuffled(all, seed + round))
  return cells.slice(0, runs).map((cell, no) => ({ no, ...cell }))
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const roll = dice(seed)
  roll()
  return items
    .map((item) => ({ item, at: roll() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item)
}
