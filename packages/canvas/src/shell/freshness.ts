import type { Link } from '../state/store.ts'

export type Freshness = 'connecting' | 'live' | 'reconnecting' | 'stale'

/** A drop shorter than this is healed before anybody need worry. */
export const staleAfterMs = 5000

export function freshnessOf(link: Link, now: number): Freshness {
  if (link.state !== 'reconnecting') return link.state
  return now - link.since < staleAfterMs ? 'reconnecting' : 'stale'
}
