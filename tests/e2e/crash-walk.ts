import process from 'node:process'
import { parseArgs } from 'node:util'
import { type CrashPoint, callsCounted } from './harness/crash-point.ts'
import { type CrashRun, crashRun } from './harness/crash-run.ts'
import { newInstallation } from './harness/installation.ts'
import { inLanes } from './harness/lanes.ts'
import { demoStory } from './harness/stories.ts'

const usage = `Usage: npm run crash-walk -- [--from N] [--to N] [--every N] [--lanes N]
Kills the server of the demo before and after each of its calls that leave something behind, from its first start on,
starts it again, and checks that the demo ends as promised.`

const say = (line: string) => process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    to: { type: 'string' },
    every: { type: 'string', default: '1' },
    lanes: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
})

async function demoWith(points: readonly (CrashPoint | undefined)[]): Promise<CrashRun> {
  const installation = await newInstallation()
  try {
    return await crashRun(installation, await demoStory(installation), points)
  } finally {
    await installation.end()
  }
}

function* pointsUpTo(calls: number): Generator<CrashPoint> {
  const last = values.to === undefined ? calls : Number(values.to)
  for (let at = Number(values.from); at <= last; at += Number(values.every))
    for (const when of ['before', 'after'] as const) yield { at, when }
}

async function walk(): Promise<boolean> {
  const counted = await demoWith([undefined])
  if (counted.problems.length > 0)
    throw new Error(`the demo fails without a crash:\n${counted.problems.join('\n')}`)
  const calls = callsCounted(counted.outputs.join('\n'))
  say(`The demo makes ${calls} calls that leave something behind.`)
  let passed = 0
  let failed = 0
  await inLanes(pointsUpTo(calls), Number(values.lanes), async (point) => {
    const from = performance.now()
    const run = await demoWith([point]).catch((error: unknown) => ({
      died: [],
      problems: [String(error)],
    }))
    const seconds = ((performance.now() - from) / 1000).toFixed(1)
    const where = run.died[0] ?? 'ended before that point'
    const isKept = run.problems.length === 0
    if (isKept) passed += 1
    else failed += 1
    const verdict = isKept ? 'passed' : 'FAILED'
    say(`${String(point.at).padStart(6)} ${point.when.padEnd(6)} ${verdict} ${seconds} s  ${where}`)
    for (const problem of run.problems) say(`       ${problem}`)
  })
  say(`${passed} passed, ${failed} failed`)
  return failed === 0 && passed > 0
}

if (values.help) say(usage)
else process.exitCode = (await walk()) ? 0 : 1
