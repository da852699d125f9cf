import { expect, test } from 'vitest'
import { fakeClock } from '../testing/fake-clock.ts'
import { type Controller, supervise } from './supervise.ts'

const quiet = { info() {}, warn() {}, error() {} }
const turn = () => new Promise(setImmediate)

function given(round: () => Promise<void>) {
  const clock = fakeClock()
  const stop = new AbortController()
  const controller: Controller = { name: 'test', everyMs: 1000, round }
  const supervised = supervise(controller, { clock, log: quiet, signal: stop.signal })
  const end = async () => {
    stop.abort()
    await supervised.done
    expect(clock.pending()).toBe(0)
  }
  return { clock, supervised, end }
}

test('a controller looks by itself, and sooner when it is woken', async () => {
  let rounds = 0
  const { clock, supervised, end } = given(async () => {
    rounds += 1
  })
  await turn()
  expect(rounds).toBe(1)

  await clock.advance(1000)
  expect(rounds).toBe(2)
  supervised.wake()
  await turn()

  expect(rounds).toBe(3)
  expect(supervised.pulse()).toMatchObject({ lastRoundAt: clock.now(), failures: 0 })
  await end()
})

test('a wake-up during a round is not lost', async () => {
  let rounds = 0
  let finish = () => {}
  const { supervised, end } = given(() => {
    rounds += 1
    return new Promise((resolve) => {
      finish = resolve
    })
  })

  supervised.wake()
  finish()
  await turn()

  expect(rounds).toBe(2)
  finish()
  await end()
})

test('LC-37: a round that throws is tried again after 1 s, 2 s, 4 s, and never ends the loop', async () => {
  let rounds = 0
  const { clock, supervised, end } = given(async () => {
    rounds += 1
    if (rounds <= 3) throw new Error('no')
  })
  await turn()

  for (const [waitMs, expected] of [
    [1000, 2],
    [2000, 3],
    [4000, 4],
  ] as const) {
    await clock.advance(waitMs - 1)
    expect(rounds).toBe(expected - 1)
    await clock.advance(1)
    expect(rounds).toBe(expected)
  }

  expect(supervised.pulse()).toMatchObject({ failures: 0 })
  await end()
})
