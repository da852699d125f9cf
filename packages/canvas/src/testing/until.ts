import { vi } from 'vitest'

/** Generous: a busy machine is no failure. */
const patienceMs = 10_000

/** Waits until the check passes. */
export const until = (check: () => void) => vi.waitFor(check, { timeout: patienceMs, interval: 5 })
