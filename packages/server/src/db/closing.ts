import { systemClock } from '../lib/clock.ts'

/** How long closing waits for a server that no longer answers. */
const maxCloseMs = 5_000

/** Closes once: first what was built upon it, then the thing itself. */
export function closing(closeItself: () => Promise<unknown>) {
  const before: (() => Promise<void>)[] = []
  let closed: Promise<void> | undefined

  const run = async () => {
    await Promise.all(before.map((close) => close()))
    await closeItself()
  }

  return {
    onClose(close: () => Promise<void>): void {
      before.push(close)
    },
    close(): Promise<void> {
      closed ??= withinTime(run())
      return closed
    },
    isClosed: () => closed !== undefined,
  }
}

async function withinTime(work: Promise<void>): Promise<void> {
  const limit = new AbortController()
  const expired = systemClock.sleep(maxCloseMs, limit.signal).catch(() => {})
  try {
    await Promise.race([work, expired])
  } finally {
    limit.abort()
  }
}
