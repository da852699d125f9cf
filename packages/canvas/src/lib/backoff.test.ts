import { expect, test } from 'vitest'
import { backoffMs, firstDelayMs, maxDelayMs } from './backoff.ts'

test('delays double up to the limit, and half of each is random', () => {
  const always = (value: number) => () => value

  expect([0, 1, 2].map((n) => backoffMs(n, always(1)))).toEqual([500, 1000, 2000])
  expect(backoffMs(0, always(0))).toBe(firstDelayMs / 2)
  expect(backoffMs(1000, always(1))).toBe(maxDelayMs)
})
