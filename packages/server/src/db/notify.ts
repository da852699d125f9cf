import type { Clock } from '../lib/clock.ts'
import { assertOutsideTransaction } from '../lib/outside-transaction.ts'
import { type Database, databaseOf } from './handle.ts'
import { type LocalWakes, localWakes } from './local-wakes.ts'
import { replicaWakes } from './replica-wakes.ts'
import type { Queryable } from './tables.ts'

const validKey = /^[\w:.-]{1,64}$/

/**
 * Reasons to look again, by key: `ws:<id>`, `task:<id>`, `feed`. The tables are the truth: a lost
 * wake-up costs the time until the next look, nothing else.
 */
export interface Wakes {
  /** Never inside a transaction: see `afterCommit`. */
  notify(keys: Iterable<string>): void
  /**
   * Whether the key was notified before `timeoutMs` passed. Counts from the call: call it, then
   * look, then await it. Rejects with the signal's reason.
   */
  waitFor(key: string, options: WaitOptions): Promise<boolean>
  /** Calls back on every notification of the key; the answer unsubscribes. */
  subscribe(key: string, listener: () => void): () => void
}

export interface WaitOptions {
  signal: AbortSignal
  timeoutMs: number
}

const wakesByDatabase = new WeakMap<Database, Wakes>()

export const wakesOf = (handle: Queryable): Wakes => wakes(databaseOf(handle))

/** The wake-ups of a database, the same at each call. */
export function wakes(database: Database): Wakes {
  const known = wakesByDatabase.get(database)
  if (known) return known
  const made = makeWakes(database)
  wakesByDatabase.set(database, made)
  return made
}

function makeWakes(database: Database): Wakes {
  const local = localWakes()
  const tellReplicas = replicaWakes(database, local)
  return {
    notify(keys) {
      assertOutsideTransaction('a wake-up')
      const checked = [...keys].map(checkKey)
      for (const key of checked) local.wake(key)
      tellReplicas(checked)
    },
    waitFor: (key, options) => waitFor(local, database.clock, checkKey(key), options),
    subscribe: (key, listener) => local.subscribe(checkKey(key), listener),
  }
}

function checkKey(key: string): string {
  if (!validKey.test(key)) throw new TypeError(`not a key to wake by: ${key.slice(0, 64)}`)
  return key
}

function waitFor(
  local: LocalWakes,
  clock: Clock,
  key: string,
  { signal, timeoutMs }: WaitOptions,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const end = () => {
      unsubscribe()
      cancel()
      signal.removeEventListener('abort', abort)
    }
    const settle = (isWoken: boolean) => {
      end()
      resolve(isWoken)
    }
    const abort = () => {
      end()
      reject(signal.reason)
    }
    const unsubscribe = local.subscribe(key, () => settle(true))
    const cancel = clock.after(timeoutMs, () => settle(false))
    signal.addEventListener('abort', abort, { once: true })
  })
}
