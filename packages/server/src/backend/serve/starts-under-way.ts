type Start = { readonly end: AbortController; readonly done: Promise<unknown> }

/** Lets a stop end the starts of its workload that are under way, and keep out others, so that none of them acts after it. */
export function startsUnderWay() {
  const all = new Map<string, Set<Start>>()
  const stopping = new Map<string, number>()

  const endAll = async (key: string, signal: AbortSignal) => {
    const same = [...(all.get(key) ?? [])]
    if (same.length === 0) return
    for (const { end } of same) end.abort(new Error('it was stopped meanwhile'))
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const ended = Promise.allSettled(same.map(({ done }) => done))
    await Promise.race([ended, aborted]).finally(() => signal.removeEventListener('abort', abort))
  }

  return {
    async start<T>(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>) {
      if (stopping.has(key)) throw new Error('it is being stopped')
      const end = new AbortController()
      const done = work(AbortSignal.any([signal, end.signal]))
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
    /** Rejects when the signal aborts before the starts have ended. */
    async stop(key: string, signal: AbortSignal, work: () => Promise<void>) {
      stopping.set(key, (stopping.get(key) ?? 0) + 1)
      try {
        await endAll(key, signal)
        await work()
      } finally {
        const left = (stopping.get(key) ?? 1) - 1
        if (left > 0) stopping.set(key, left)
        else stopping.delete(key)
      }
    },
  }
}
