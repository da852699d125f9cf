import { setTimeout as sleep } from 'node:timers/promises'
import { MoleculeError } from '@molecule/sdk'

export type Patience = {
  /** Ends the waiting; without it a server that comes back tomorrow is still in time. */
  signal: AbortSignal
  firstDelayMs?: number
  say: (line: string) => void
}

const longestDelayMs = 5_000
/** Above the longest wait the server offers: beyond it the connection is dead. */
const callLimitMs = 40_000

/** Repeats a call while the server is away. Only for calls that may safely be made twice. */
export async function patiently<T>(
  call: (signal: AbortSignal) => Promise<T>,
  { signal, firstDelayMs = 250, say }: Patience,
): Promise<T> {
  for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
    try {
      return await call(AbortSignal.any([signal, AbortSignal.timeout(callLimitMs)]))
    } catch (error) {
      signal.throwIfAborted()
      if (!mayPass(error)) throw error
      if (delayMs === firstDelayMs) say('the server does not answer; trying again until it does')
      await sleep(delayMs, undefined, { signal })
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof MoleculeError) return error.code === 'unavailable' || error.problem.retryable
  return error instanceof DOMException && error.name === 'TimeoutError'
}
