const dayMs = 86_400_000
/** Long enough to act on it without hurry. */
export const soonMs = 7 * dayMs

export type Expiry = 'never' | 'later' | 'soon' | 'past'

export function expiryOf(expiresAt: string | null | undefined, now: number): Expiry {
  if (!expiresAt) return 'never'
  const left = Date.parse(expiresAt) - now
  if (left <= 0) return 'past'
  return left <= soonMs ? 'soon' : 'later'
}
