import { expect, test } from 'vitest'
import { chaosRun } from './harness/chaos/chaos-run.ts'
import { chaosPlan } from './harness/chaos/plan.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { promise } from './requirements.ts'

const size = { seed: 54, workspaces: 8, seconds: 12 }

test(`${promise('R-34')} chaos: after random verbs and kills (npm run chaos) everything is as wished, and nothing is left over`, async () => {
  const installation = await givenInstallation()

  const { kills, tasks, wished, problems } = await chaosRun(installation, {
    ...size,
    patienceMs: 60_000,
  })

  expect(problems).toEqual([])
  expect(kills.get('server')).toBeGreaterThan(0)
  expect(kills.get('host')).toBeGreaterThan(0)
  expect(tasks).toBeGreaterThan(0)
  expect([...wished.keys()].sort()).toEqual(['hibernated', 'paused', 'removed', 'running'])
})

test('the same seed does the same, and another one something else', () => {
  expect(chaosPlan(size)).toEqual(chaosPlan(size))
  expect(chaosPlan({ ...size, seed: 2 })).not.toEqual(chaosPlan(size))
})
