import { expect, test } from 'vitest'
import { expiryOf, soonMs } from './expiry.ts'

const now = Date.parse('2026-01-10T00:00:00.000Z')
const after = (ms: number) => new Date(now + ms).toISOString()

test('what ends within a week ends soon', () => {
  expect(expiryOf(after(soonMs + 1), now)).toBe('later')
  expect(expiryOf(after(soonMs), now)).toBe('soon')
  expect(expiryOf(after(1), now)).toBe('soon')
  expect(expiryOf(after(0), now)).toBe('past')
  expect(expiryOf(null, now)).toBe('never')
  expect(expiryOf(undefined, now)).toBe('never')
})
