/**
 * One run of `work` at a time. Who calls while it lasts shares the next run: the one under way may already be past what
 * the caller has just done.
 */
export function sharedRounds<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined
  const begin = () => {
    next = undefined
    running = work().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (!running) return begin()
    next ??= running.then(begin, begin)
    return next
  }
}
