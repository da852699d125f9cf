import { expect, test } from 'vitest'
import { fakeClock } from '../testing/fake-clock.ts'
import { testDb } from '../testing/test-db.ts'
import { liveness, readiness } from './readiness.ts'

test('a braked orphan sweep is told, with its reason', async () => {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const given = { db, clock, dataDir: '.', controllers: [], backends: [] }

  const braked = await readiness({ ...given, brake: () => '6 of 8 have no row' })()
  const free = await readiness({ ...given, brake: () => null })()

  const sweep = 'orphan sweep'
  expect(braked).toContainEqual({ name: sweep, ok: false, detail: '6 of 8 have no row' })
  expect(free).toContainEqual({ name: sweep, ok: true, detail: 'free to stop orphans' })
})

test('LC-38: liveness tells completed rounds: one that hangs grows old, however often others look', async () => {
  const clock = fakeClock()
  const pulse = {
    name: 'workspaces',
    everyMs: 1000,
    lastRoundAt: clock.now(),
    failures: 1,
    restarts: 4,
    backlog: 2,
  }
  const never = { ...pulse, name: 'new', lastRoundAt: null, backlog: null }
  const controllers = [pulse, never].map((each) => ({
    pulse: () => each,
    wake() {},
    done: Promise.resolve(),
  }))
  await clock.advance(90_000)

  const { controllers: told } = liveness({ clock, controllers })()

  expect(told).toMatchObject([
    { seconds_ago: 90, every_s: 1, restarts: 4, failures_in_a_row: 1, backlog: 2 },
    { seconds_ago: null, last_round_at: null, backlog: null },
  ])
})
