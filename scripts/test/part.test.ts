import { expect, test } from 'vitest'
import { failedOnce, isGreen, nothing, passedOnce, skippedOnce, sum, summarize } from './part.ts'

test('a run that looked at nothing is not green', () => {
  expect(isGreen(nothing)).toBe(false)
  expect(isGreen(skippedOnce('git'))).toBe(false)
})

test('one failure among many passes is not green', () => {
  expect(isGreen(sum([passedOnce, passedOnce, failedOnce]))).toBe(false)
})

test('the last line names skips only when there are some', () => {
  expect(summarize(sum([passedOnce, passedOnce]))).toBe('2 passed, 0 failed')
  expect(summarize(sum([passedOnce, skippedOnce('git')]))).toBe('1 passed, 0 failed, 1 skipped')
})

test('what is left out on one database and runs on the other is not skipped', () => {
  const onSqlite = { ...passedOnce, skipped: ['locks', 'git'] }
  const onPostgres = { ...passedOnce, ran: ['locks'] }

  expect(summarize(sum([onSqlite, onPostgres]))).toBe('2 passed, 0 failed, 1 skipped')
})
