import { expect, test } from 'vitest'
import { formatAge, formatDuration } from './format.ts'

test.each([
  [-5, '0s'],
  [8_400, '8s'],
  [65_000, '1m 05s'],
  [7_380_000, '2h 03m'],
  [273_600_000, '3d 4h'],
])('%i ms lasts %s', (ms, shown) => {
  expect(formatDuration(ms)).toBe(shown)
})

test.each([
  [900, '0s'],
  [240_000, '4m'],
  [10_800_000, '3h'],
  [200_000_000, '2d'],
])('%i ms is %s old', (ms, shown) => {
  expect(formatAge(ms)).toBe(shown)
})
