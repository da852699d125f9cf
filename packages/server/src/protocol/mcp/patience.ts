/** The longest that a tool waits; most clients give up soon after. */
export const MAX_PATIENCE_S = 300
/** The longest that one request of the API waits. */
const ROUND_S = 25

type Looking<T> = { look: (waitS: number) => Promise<T>; isEnough: (found: T) => boolean }

/** Looks again and again, each time as long as the API waits, until there is enough or the time is over. */
export async function patiently<T>(seconds: number, { look, isEnough }: Looking<T>): Promise<T> {
  for (let left = seconds; ; left -= ROUND_S) {
    const found = await look(Math.min(ROUND_S, Math.max(0, left)))
    if (isEnough(found) || left <= ROUND_S) return found
  }
}
