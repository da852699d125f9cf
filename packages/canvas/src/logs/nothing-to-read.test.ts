import { expect, test } from 'vitest'
import { givenWorkspace } from '../testing/given.ts'
import { mayWrite, nothingToRead } from './nothing-to-read.ts'

test('an agent that runs elsewhere and one that never started have no log here, in words', () => {
  const elsewhere = nothingToRead(givenWorkspace('a', { backend: 'external', incarnation: 3 }))
  const fresh = nothingToRead(givenWorkspace('b', { incarnation: 0 }))
  const running = nothingToRead(givenWorkspace('c'))

  expect(elsewhere?.title).toBe('Its agent runs elsewhere')
  expect(fresh?.title).toBe('It was never started')
  expect(running).toBeUndefined()
})

test('more may come from a workspace that is wanted to run and did not fail', () => {
  expect(mayWrite(givenWorkspace('a', { status: 'offline' }))).toBe(true)
  expect(mayWrite(givenWorkspace('b', { status: 'failed' }))).toBe(false)
  expect(mayWrite(givenWorkspace('c', { desired_state: 'paused' }))).toBe(false)
  expect(mayWrite(undefined)).toBe(false)
})
