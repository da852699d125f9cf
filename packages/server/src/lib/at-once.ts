/** Runs at most `most` pieces of work side by side; one more is refused with what `refuse` makes. */
export function atOnce(most: number, refuse: () => Error) {
  let running = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) throw refuse()
    running++
    try {
      return await work()
    } finally {
      running--
    }
  }
}
