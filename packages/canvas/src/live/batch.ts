/** Runs the callback once, soon. Returns how to call it off. */
export type Schedule = (run: () => void) => () => void

/** Beyond it a batch is applied at once instead of growing. */
export const maxBatch = 2000

export type Batch<T> = { add: (item: T) => void; flush: () => void; clear: () => void }

/** Collects items and hands them over together. */
export function batch<T>(schedule: Schedule, apply: (items: readonly T[]) => void): Batch<T> {
  let items: T[] = []
  let callOff: (() => void) | undefined
  const clear = () => {
    callOff?.()
    callOff = undefined
    items = []
  }
  const flush = () => {
    const ready = items
    clear()
    if (ready.length > 0) apply(ready)
  }
  return {
    add(item) {
      items.push(item)
      if (items.length >= maxBatch) flush()
      else callOff ??= schedule(flush)
    },
    flush,
    clear,
  }
}

const hiddenPageDelayMs = 250

/** Once per animation frame; a hidden page has no frames, so a timer stands in. */
export const perFrame: Schedule = (run) => {
  const frame = requestAnimationFrame(once)
  const timer = setTimeout(once, hiddenPageDelayMs)
  function callOff() {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
  function once() {
    callOff()
    run()
  }
  return callOff
}
