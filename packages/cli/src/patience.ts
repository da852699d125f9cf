import { setTimeout as sleep } from 'node:timers/promises'
import { MoleculeError } from '@molecule/sdk'

const giveUpAfterMs = 600_000
const firstPauseMs = 200
const longestPauseMs = 5000

/**
 * Repeats a call that only reads while the server does not answer, so that a watcher outlives its restart.
 * `onSilence` hears of the first miss; a refusal is thrown at once.
 */
export async function patiently<T>(
  call: () => Promise<T>,
  { signal, onSilence }: { signal: AbortSignal; onSilence: (error: MoleculeError) => void },
): Promise<T> {
  const giveUpAt = Date.now() + giveUpAfterMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof MoleculeError) || !isPassing(error) || Date.now() > giveUpAt)
        throw error
      if (pauseMs === firstPauseMs) onSilence(error)
      await sleep(pauseMs, undefined, { signal })
    }
  }
}

const isPassing = ({ status }: MoleculeError) => status === 0 || (status >= 502 && status <= 504)
