import type { CompleteAttempt } from '@molecule/contract/host'
import { expect, test } from 'vitest'
import { transact } from '../../db/transact.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { givenOrg, givenRunning, leaseOne, refOf, taskNow } from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { arrive } from '../host/arrive.ts'
import { completeAttempt, startAttempt } from './task-attempt.ts'
import { leaseAttempts, nextLeaseIn } from './task-lease.ts'
import { answerTask } from './task-question.ts'

const MINUTE = 60_000
const reason = { code: 'told', detail: 'The model said no.', hint: 'Look there.' }

async function givenFailed(failure: CompleteAttempt['failure'], inMs?: number) {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const given = await givenRunning(db, org)
  const more = inMs === undefined ? {} : { retry_at: new Date(clock.now() + inMs).toISOString() }
  const fail = (of = given.attempt) =>
    completeAttempt(db, given.host, { ...refOf(of), outcome: 'failed', reason, failure, ...more })
  await fail()
  return { clock, db, org, fail, ...given }
}

test.each([undefined, 'permanent'] as const)(
  'a failure of class %s ends its task',
  async (failure) => {
    const { db, task } = await givenFailed(failure)

    expect(await taskNow(db, task.id)).toMatchObject({ status: 'failed', error: reason })
  },
)

test('a transient failure is tried again up to its attempts, with growing pauses, and ends with its own reason', async () => {
  const { clock, db, task, host, fail } = await givenFailed('transient')
  const again = async () => {
    const next = await leaseOne(db, host)
    await startAttempt(db, host, refOf(next))
    await fail(next)
  }

  expect(await nextLeaseIn(db, host)).toBe(0)
  await again()
  expect(await nextLeaseIn(db, host)).toBe(1000)
  await clock.advance(1000)
  await again()

  expect(await taskNow(db, task.id)).toMatchObject({ status: 'failed', attempt: 3, error: reason })
})

test('a reached limit is waited for until the time that was told, costs no try, and is not timed out', async () => {
  const { clock, db, task, host } = await givenFailed('quota', 90 * MINUTE)
  const waiting = await taskNow(db, task.id)
  const wait = (await nextLeaseIn(db, host)) ?? 0
  const early = await leaseAttempts(db, host, 1)
  await clock.advance(wait)

  const next = await leaseOne(db, host)

  expect(waiting).toMatchObject({ waitingFor: 'quota', waitReason: reason, retryCount: 0 })
  expect(early).toEqual([])
  expect(wait).toBe(90 * MINUTE)
  expect(next.attempt).toBe(2)
  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null, waitReason: null })
})

test('without a time it looks again after a quarter of an hour, or when a person says so', async () => {
  const { db, org, task, host } = await givenFailed('quota')

  expect(await nextLeaseIn(db, host)).toBe(15 * MINUTE)
  await answerTask(db, org.admin, task.id, undefined)
  expect(await nextLeaseIn(db, host)).toBe(0)
})

test('a missing login is waited for; a person says when to try again', async () => {
  const { db, org, task, host } = await givenFailed('auth')
  const waiting = await taskNow(db, task.id)
  const none = await nextLeaseIn(db, host)

  await answerTask(db, org.admin, task.id, undefined)

  expect(waiting).toMatchObject({ waitingFor: 'auth', waitReason: reason, status: 'in_progress' })
  expect(none).toBeUndefined()
  expect(await leaseOne(db, host)).toMatchObject({ attempt: 2, text: 'work' })
})

test('a new start of the workspace tries again what failed for want of a login', async () => {
  const { db, org, task, host } = await givenFailed('auth')
  await transact(db, (tx) =>
    tx
      .updateTable('workspaces')
      .set({ status: 'offline' } as never)
      .execute(),
  )

  await arrive(db, { ...host, kind: 'host', orgId: org.orgId } as never)

  expect(await taskNow(db, task.id)).toMatchObject({ waitingFor: null, waitReason: null })
})
