import { setTimeout as sleep } from 'node:timers/promises'

const lookEveryMs = 20
/** Long enough for a machine that does much else; only what never comes takes so long. */
const patienceMs = 120_000

/** Looks again and again until there is an answer; `what` says in the failure what never came. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = patienceMs, everyMs = lookEveryMs }: { timeoutMs?: number; everyMs?: number } = {},
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${timeoutMs} ms`)
    await sleep(everyMs)
  }
}
