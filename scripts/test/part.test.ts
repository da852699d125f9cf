import { expect, onTestFinished, test, vi } from 'vitest'
import {
  failedOnce,
  isGreen,
  nothing,
  passedOnce,
  runParts,
  skippedOnce,
  sum,
  summarize,
} from './part.ts'

test('a run that looked at nothing is not green', () => {
  expect(isGreen(nothing)).toBe(false)
  expect(isGreen(skippedOnce('git'))).toBe(false)
})

test('one failure among many passes is not green', () => {
  expect(isGreen(sum([passedOnce, passedOnce, failedOnce('a check')]))).toBe(false)
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

test('what failed is told by name at the end, whatever was printed before', async () => {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
  onTestFinished(() => printed.mockRestore())

  await runParts([{ name: 'checks', run: async () => failedOnce('the third of them') }])

  expect(printed.mock.calls.flat()).toContain('failed in checks: the third of them')
})
