import { expect, test } from 'vitest'
import { freshnessOf, staleAfterMs } from './freshness.ts'

test('a short drop reconnects; a longer one is stale', () => {
  const lost = { state: 'reconnecting' as const, since: 1000, retryAt: 2000 }

  expect(freshnessOf({ state: 'live' }, 5000)).toBe('live')
  expect(freshnessOf(lost, 1000 + staleAfterMs - 1)).toBe('reconnecting')
  expect(freshnessOf(lost, 1000 + staleAfterMs)).toBe('stale')
})
