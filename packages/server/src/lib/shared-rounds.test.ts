import { expect, test } from 'vitest'
import { sharedRounds } from './shared-rounds.ts'

test('callers during a run share the next one, also after a run that failed', async () => {
  let runs = 0
  const round = sharedRounds(async () => {
    const run = ++runs
    await new Promise(setImmediate)
    if (run === 1) throw new Error('the first fails')
    return run
  })

  const first = round()
  const shared = [round(), round(), round()]

  await expect(first).rejects.toThrow('the first fails')
  expect(await Promise.all(shared)).toEqual([2, 2, 2])
  expect(await round()).toBe(3)
})
