/** Work by key: side by side for different keys, one after the other for the same. */
export type KeyedWork<K, T> = {
  /** Begins the work, or, while the key is at work, has it done once more afterwards with the newest item. */
  offer(key: K, item: T): void
  /** Keys at work or waiting for a place. */
  backlog(): number
  /** Resolves when nothing is left to do. */
  idle(): Promise<void>
}

type Options<K, T> = { sideBySide: number; work: (key: K, item: T) => Promise<void> }

/** `work` must not reject: what fails is its own to tell. */
export function keyedWork<K, T>({ sideBySide, work }: Options<K, T>): KeyedWork<K, T> {
  const running = new Map<K, Promise<void>>()
  const waiting = new Map<K, T>()
  const startNext = () => {
    for (const [key, item] of waiting) {
      if (running.size >= sideBySide) return
      if (running.has(key)) continue
      waiting.delete(key)
      running.set(
        key,
        work(key, item).finally(() => {
          running.delete(key)
          startNext()
        }),
      )
    }
  }
  return {
    offer(key, item) {
      waiting.set(key, item)
      startNext()
    },
    backlog: () => running.size + waiting.size,
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}
