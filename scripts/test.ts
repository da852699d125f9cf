import { rmSync } from 'node:fs'
import { whyNoDocker } from '../packages/server/src/testing/docker.ts'
import { temporaryPlace } from './test/leftovers.ts'
import { isGreen, nothing, runParts, skippedOnce, summarize } from './test/part.ts'
import { suite } from './test/suites.ts'
import { isMissing, systemPackages } from './test/system-packages.ts'
import { deadCode, layers, lint, types } from './test/tools.ts'

/*
 * Everything that must hold, in one run. `--fast` leaves out what takes minutes: Postgres, the examples and
 * the tests of the whole system.
 */
const isFast = process.argv.includes('--fast')
const place = temporaryPlace()
process.once('exit', () => rmSync(place.folder, { recursive: true, force: true }))

const tools = [types, lint, layers, deadCode]

const fastSuites = [
  suite({ name: 'packages', projects: ['unit', 'server', 'backend', 'tooling'] }, place),
  suite({ name: 'canvas', projects: ['canvas'] }, place),
]

const onPostgres = suite(
  {
    name: 'server on postgres',
    projects: ['server'],
    under: ['node', 'packages/server/src/testing/postgres.ts', '--'],
  },
  place,
)

const onDocker = suite({ name: 'docker backend', projects: ['docker'] }, place)

/** Anyone but root gets a skip that says what it takes. */
async function runOnDocker() {
  const whyNot = whyNoDocker()
  if (whyNot === undefined) return onDocker.run()
  console.log(`The docker backend is not tested: ${whyNot}`)
  return skippedOnce(`docker backend: ${whyNot}`)
}

const slowSuites = [
  { ...onDocker, run: runOnDocker },
  { ...onPostgres, run: async () => (isMissing('postgresql-15') ? nothing : onPostgres.run()) },
  suite({ name: 'agent runtimes', projects: ['runtimes'] }, place),
  suite({ name: 'examples', projects: ['examples'] }, place),
  suite({ name: 'e2e', projects: ['e2e'] }, place),
]

const fast = [...tools, ...fastSuites]
const total = await runParts(isFast ? fast : [systemPackages, ...fast, ...slowSuites])
console.log(summarize(total))
process.exitCode = isGreen(total) ? 0 : 1
