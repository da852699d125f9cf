import process from 'node:process'
import { expect, test } from 'vitest'
import { callsCounted, crashPoint } from './harness/crash-point.ts'
import { type CrashRun, crashRun } from './harness/crash-run.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { newInstallation } from './harness/installation.ts'
import { inLanes } from './harness/lanes.ts'

const lanes = 2
/** `CRASH_SEEDS=17,18` repeats single ones. */
const seeds =
  process.env.CRASH_SEEDS?.split(',').map(Number) ?? Array.from({ length: 50 }, (_, n) => n + 1)

const runAlone = async (seed: number, calls: number): Promise<CrashRun> => {
  const installation = await newInstallation()
  try {
    // Every other one dies a second time, while it takes up the work again.
    const second = seed % 2 === 0 ? [crashPoint(seed + 1000, Math.ceil(calls / 4))] : []
    return await crashRun(installation, [crashPoint(seed, calls), ...second])
  } finally {
    await installation.end()
  }
}

test('wherever the server is killed, its work is done exactly once', async () => {
  const installation = await givenInstallation()
  const counted = await crashRun(installation, [undefined])
  const calls = callsCounted(counted.outputs.join('\n'))
  expect(counted.problems).toEqual([])
  let deaths = 0
  const broken: string[] = []

  await inLanes(seeds, lanes, async (seed) => {
    const { died, problems } = await runAlone(seed, calls).catch((error: unknown) => ({
      died: [],
      problems: [String(error)],
    }))
    deaths += died.length
    if (problems.length > 0) broken.push(`CRASH_SEEDS=${seed} ${died}\n  ${problems.join('\n  ')}`)
  })

  expect(broken.join('\n')).toBe('')
  expect(deaths).toBeGreaterThanOrEqual(seeds.length)
}, 600_000)
