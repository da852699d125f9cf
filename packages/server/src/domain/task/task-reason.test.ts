import { expect, test } from 'vitest'
import { givenOrg, givenRunning, refOf, taskNow } from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { completeAttempt } from './task-attempt.ts'
import { attemptsOf, resultOf } from './task-store.ts'

const secret = 'OPENAI_API_KEY=sk-abcdefgh12345678'

test('CM-94: a secret that a failing program printed is in no reason that people read', async () => {
  const db = await testDb()
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))
  const reason = { code: 'exit_nonzero', detail: `It ended: ${secret}`, hint: 'Run it by hand.' }

  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'failed', reason })

  const told = { ...reason, detail: 'It ended: OPENAI_API_KEY=[REDACTED:API_KEY]' }
  expect((await taskNow(db, task.id)).error).toEqual(told)
  expect((await attemptsOf(db, task.id)).map((each) => each.reason)).toEqual([told])
})

test('what a program answers is its caller’s, and stays as it is', async () => {
  const db = await testDb()
  const { host, task, attempt } = await givenRunning(db, await givenOrg(db))

  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'completed', result: secret })

  expect(await resultOf(db, task.id)).toBe(secret)
})
