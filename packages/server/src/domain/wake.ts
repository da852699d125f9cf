import { wakesOf } from '../db/notify.ts'
import type { Tx } from '../db/tables.ts'
import { afterCommit } from '../db/transact.ts'

/** Wakes whoever waits for one of these keys, after the commit. Losing a wake-up costs time, never truth. */
export function wake(tx: Tx, ...keys: string[]): void {
  afterCommit(tx, () => wakesOf(tx).notify(keys))
}

export type { Wakes } from '../db/notify.ts'
