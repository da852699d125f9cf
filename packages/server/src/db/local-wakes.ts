/** Listeners by key, within this process. */
export interface LocalWakes {
  wake(key: string): void
  wakeAll(): void
  subscribe(key: string, listener: () => void): () => void
}

export function localWakes(): LocalWakes {
  const listeners = new Map<string, Set<() => void>>()
  const wake = (key: string) => {
    for (const listener of [...(listeners.get(key) ?? [])]) listener()
  }

  return {
    wake,
    wakeAll() {
      for (const key of [...listeners.keys()]) wake(key)
    },
    subscribe(key, listener) {
      const ofKey = listeners.get(key) ?? new Set()
      listeners.set(key, ofKey.add(listener))
      return () => {
        ofKey.delete(listener)
        if (ofKey.size === 0 && listeners.get(key) === ofKey) listeners.delete(key)
      }
    },
  }
}
