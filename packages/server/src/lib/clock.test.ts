import { expect, test } from 'vitest'
import { fakeClock } from '../testing/fake-clock.ts'
import { systemClock } from './clock.ts'

test('sleep ends when its time has come, not before', async () => {
  const clock = fakeClock(0)
  let isAwake = false
  const slept = clock.sleep(100).then(() => {
    isAwake = true
  })

  await clock.advance(99)
  expect(isAwake).toBe(false)
  await clock.advance(1)

  await slept
  expect(clock.now()).toBe(100)
})

test.each([
  ['the system', systemClock],
  ['a fake', fakeClock()],
])('sleep by %s clock rejects with the reason of its signal', async (_, clock) => {
  const stop = new AbortController()
  const slept = clock.sleep(60_000, stop.signal)

  stop.abort(new Error('no longer needed'))

  await expect(slept).rejects.toThrow('no longer needed')
  await expect(clock.sleep(60_000, stop.signal)).rejects.toThrow('no longer needed')
})

test('timers run in the order they fall due, each at its time', async () => {
  const clock = fakeClock(0)
  const ran: [string, number][] = []
  clock.after(30, () => ran.push(['late', clock.now()]))
  clock.after(10, () => ran.push(['early', clock.now()]))
  const cancel = clock.after(20, () => ran.push(['never', clock.now()]))
  cancel()

  await clock.advance(50)

  expect(ran).toEqual([
    ['early', 10],
    ['late', 30],
  ])
  expect(clock.pending()).toBe(0)
})

test('every runs again and again until its signal, never two at once', async () => {
  const clock = fakeClock(0)
  const stop = new AbortController()
  let running = 0
  const seen: number[] = []
  const done = clock.every(
    10,
    async () => {
      seen.push(++running)
      await clock.sleep(25)
      running--
    },
    stop.signal,
  )

  await clock.advance(100)
  stop.abort()
  await clock.advance(25)

  await done
  expect(seen).toEqual([1, 1, 1])
  expect(clock.pending()).toBe(0)
})

test('every ends with the error of a tick that throws', async () => {
  const clock = fakeClock()
  const tick = () => {
    throw new Error('broken tick')
  }
  const done = clock.every(10, tick, new AbortController().signal)

  const ended = expect(done).rejects.toThrow('broken tick')
  await clock.advance(10)

  await ended
})

test('a wait longer than a Node timer can keep does not end at once', async () => {
  const stop = new AbortController()
  const slept = systemClock.sleep(2 ** 40, stop.signal).then(() => 'ended')

  const first = await Promise.race([slept, systemClock.sleep(20).then(() => 'still waits')])
  stop.abort(new Error('enough'))

  expect(first).toBe('still waits')
  await expect(slept).rejects.toThrow('enough')
})
