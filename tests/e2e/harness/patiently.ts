import { setTimeout as sleep } from 'node:timers/promises'
import { MoleculeError } from '@molecule/sdk'

const everyMs = 50
const patienceMs = 120_000

/** Calls again while the server is away; anything it says itself is the answer. */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + patienceMs
  for (;;) {
    try {
      return await call()
    } catch (error) {
      const isAway = error instanceof MoleculeError && error.problem.retryable
      if (!isAway || performance.now() > giveUpAt) throw error
    }
    await sleep(everyMs)
  }
}
