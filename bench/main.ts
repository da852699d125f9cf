import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bench, Figure, Measurement } from './measurement.ts'
import { measurements } from './measurements.ts'
import { reportOf, tableOf } from './report.ts'

/*
 * `npm run bench` measures the product beside what the bare machine can do, and says which targets are met. It listens
 * on the loopback only, and ends all it starts. A target missed is shown and fails nothing; a measurement that could
 * not be made does.
 */
const usage = `Usage: npm run bench -- [options]
  --only NAMES  a comma list of: ${measurements.map(({ name }) => name).join(', ')}
  --json        print the figures, with all their samples, as JSON`
const longestMs = 5 * 60_000

const { only, json, help } = options()
const chosen = measurements.filter(({ name }) => only?.split(',').includes(name) ?? true)
if (help || chosen.length === 0) {
  console.error(usage)
  process.exit(help ? 0 : 2)
}

const stop = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort())

const folder = await mkdtemp(join(tmpdir(), 'molecule-bench-'))
const results: { measurement: Measurement; figures: Figure[] }[] = []
try {
  for (const measurement of chosen) {
    console.error(`${measurement.name} ...`)
    const say = (text: string) => console.error(`  ${text}`)
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(longestMs)])
    const bench: Bench = { folder: await mkdtemp(join(folder, 'm-')), signal, say }
    results.push({ measurement, figures: await measurement.run(bench) })
  }
  const report = reportOf(results)
  console.log(json ? JSON.stringify(report, undefined, 2) : tableOf(report))
} catch (error) {
  console.error(stop.signal.aborted ? 'stopped' : error)
  process.exitCode = 1
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

function options() {
  try {
    return parseArgs({
      options: { only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
    }).values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
    process.exit(2)
  }
}
