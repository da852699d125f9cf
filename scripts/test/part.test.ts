import { expect, test } from 'vitest'
import { failedOnce, isGreen, nothing, passedOnce, skippedOnce, sum, summarize } from './part.ts'

test('a run that looked at nothing is not green', () => {
  expect(isGreen(nothing)).toBe(false)
  expect(isGreen(skippedOnce)).toBe(false)
})

test('one failure among many passes is not green', () => {
  expect(isGreen(sum([passedOnce, passedOnce, failedOnce]))).toBe(false)
})

test('the last line names skips only when there are some', () => {
  expect(summarize(sum([passedOnce, passedOnce]))).toBe('2 passed, 0 failed')
  expect(summarize(sum([passedOnce, skippedOnce]))).toBe('1 passed, 0 failed, 1 skipped')
})
