/** Lets a stop end the starts of its workload that are under way, so that none of them acts after it. */
export function startsUnderWay() {
  const all = new Map<string, Set<Start>>()
  return {
    async run<T>(key: string, signal: AbortSignal, start: (signal: AbortSignal) => Promise<T>) {
      const end = new AbortController()
      const done = start(AbortSignal.any([signal, end.signal]))
      const one: Start = { end, done }
      const same = all.get(key) ?? new Set()
      all.set(key, same.add(one))
      try {
        return await done
      } finally {
        same.delete(one)
        if (same.size === 0) all.delete(key)
      }
    },
    /** Rejects when the signal aborts before they have ended. */
    async end(key: string, signal: AbortSignal) {
      const same = [...(all.get(key) ?? [])]
      if (same.length === 0) return
      for (const { end } of same) end.abort(new Error('it was stopped meanwhile'))
      const { promise: aborted, reject } = Promise.withResolvers<never>()
      const abort = () => reject(signal.reason)
      signal.addEventListener('abort', abort, { once: true })
      const ended = Promise.allSettled(same.map(({ done }) => done))
      await Promise.race([ended, aborted]).finally(() => signal.removeEventListener('abort', abort))
    },
  }
}

type Start = { readonly end: AbortController; readonly done: Promise<unknown> }
