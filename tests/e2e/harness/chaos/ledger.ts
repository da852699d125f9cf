import type { DesiredState } from '@molecule/contract/workspace'

/** What a server answered to a verb: the wish it took, as this generation of the workspace. */
export type Wish = {
  readonly verb: string
  readonly id: string
  readonly generation: number
  readonly desired: DesiredState
}

/** What people were told while all went on. */
export type Ledger = {
  /** The newest workspace in each place. */
  readonly bySlot: Map<number, string>
  /** Every workspace there ever was, with its name. */
  readonly made: Map<string, string>
  readonly wishes: Wish[]
  /** Tasks that were accepted. */
  readonly accepted: string[]
  /** Refusals that make sense, by verb and code. */
  readonly refused: Map<string, number>
  readonly kills: Map<string, number>
  /** Answers nobody should get. */
  readonly wrong: string[]
}

export const newLedger = (): Ledger => ({
  bySlot: new Map(),
  made: new Map(),
  wishes: [],
  accepted: [],
  refused: new Map(),
  kills: new Map(),
  wrong: [],
})

export const countIn = (counts: Map<string, number>, key: string) =>
  counts.set(key, (counts.get(key) ?? 0) + 1)
