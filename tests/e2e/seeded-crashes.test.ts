import process from 'node:process'
import { expect, test } from 'vitest'
import { callsCounted, crashPoint } from './harness/crash-point.ts'
import { type CrashRun, crashRun } from './harness/crash-run.ts'
import { newInstallation } from './harness/installation.ts'
import { inLanes } from './harness/lanes.ts'
import { smallStory } from './harness/stories.ts'
import { promise } from './requirements.ts'

const lanes = 2
/** A minute or two on an idle machine. */
const patienceMs = 1_200_000
const fifty = Array.from({ length: 50 }, (_, n) => n + 1)
/** `CRASH_SEEDS=17,18` repeats single ones. */
const seeds = process.env.CRASH_SEEDS?.split(',').map(Number) ?? fifty

async function runAlone(points: Parameters<typeof crashRun>[2]): Promise<CrashRun> {
  const installation = await newInstallation()
  try {
    return await crashRun(installation, smallStory(installation), points)
  } finally {
    await installation.end()
  }
}

/** Every other server dies a second time, while it takes up the work again. */
const pointsOf = (seed: number, calls: number) =>
  seed % 2 === 0
    ? [crashPoint(seed, calls), crashPoint(seed + 1000, Math.ceil(calls / 4))]
    : [crashPoint(seed, calls)]

test(
  `${promise('R-05', 'R-06', 'R-08')} wherever the server is killed, nothing is lost and nothing done twice`,
  async () => {
    const counted = await runAlone([undefined])
    const calls = callsCounted(counted.outputs.join('\n'))
    expect(counted.problems).toEqual([])
    const broken: string[] = []
    let deaths = 0

    await inLanes(seeds, lanes, async (seed) => {
      const run = await runAlone(pointsOf(seed, calls)).catch((error: unknown) => ({
        died: [],
        problems: [String(error)],
      }))
      deaths += run.died.length
      const { died, problems } = run
      if (problems.length > 0)
        broken.push(`CRASH_SEEDS=${seed} of ${calls} calls, ${died}:\n  ${problems.join('\n  ')}`)
    })

    expect(broken.join('\n')).toBe('')
    expect(deaths).toBeGreaterThanOrEqual(Math.floor(seeds.length * 0.9))
  },
  patienceMs,
)
