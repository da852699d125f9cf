import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn as rawSpawn } from 'node:child_process'

/** What a transaction leaves behind (a timer, a callback) outlives it: the mark is lifted, not inherited for ever. */
interface Mark {
  isOpen: boolean
}

const marks = new AsyncLocalStorage<Mark>()

class InsideTransactionError extends Error {
  override readonly name = 'InsideTransactionError'
  constructor(what: string) {
    super(`${what} is not allowed inside transact(): only queries on its tx may be awaited there`)
  }
}

/** Marks everything that `work` calls, however deep, as inside a transaction until it settles. */
export async function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  const mark: Mark = { isOpen: true }
  try {
    return await marks.run(mark, work)
  } finally {
    mark.isOpen = false
  }
}

export function assertOutsideTransaction(what: string): void {
  if (marks.getStore()?.isOpen) throw new InsideTransactionError(what)
}

export const spawn = ((...args: Parameters<typeof rawSpawn>) => {
  assertOutsideTransaction('spawn')
  return rawSpawn(...args)
}) as typeof rawSpawn

export const fetch: typeof globalThis.fetch = async (input, init) => {
  assertOutsideTransaction('fetch')
  return globalThis.fetch(input, init)
}
