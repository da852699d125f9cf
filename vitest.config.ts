import { configDefaults, defineConfig } from 'vitest/config'
import { isMissing } from './scripts/test/system-packages.ts'

/** End-to-end tests own the machine: one file at a time, and minutes where a unit test has seconds. */
const e2e = {
  name: 'e2e',
  include: ['tests/e2e/**/*.test.ts'],
  testTimeout: 180_000,
  hookTimeout: 180_000,
}

/** What a test waits for by looking again: long for a busy machine, never waited out by a test that passes. */
const expect = { poll: { timeout: 10_000 } }

/** Without git these are left out; the run counts git itself as skipped, and says how to install it. */
const reviewsOfRepositories = [
  'examples/repository-review/fixture.test.ts',
  'examples/repository-review/src/programs.test.ts',
  'examples/repository-review/src/repository/repository.test.ts',
]
const withoutGit = isMissing('git') ? reviewsOfRepositories : []
const exclude = [...configDefaults.exclude, ...withoutGit]

/** What needs a Docker Engine takes long, and is the same on every database. */
const onDocker = ['packages/server/src/**/*.docker.test.ts']
/** Real agent CLIs at pinned versions, installed when they are first needed. */
const withAgentClis = ['packages/agent/src/**/*.runtimes.test.ts']
/** Those that are larger or slower; `npm run test:runtimes` runs them. */
const withMoreAgentClis = ['packages/agent/src/**/*.more-runtimes.test.ts']
/** Nor does a database matter to these. */
const withoutDatabase = ['packages/server/src/{backend,lib}/**/*.test.ts']

const project = (name: string, include: string[], without: string[] = []) => ({
  test: {
    name,
    include,
    exclude: [...exclude, ...without],
    expect,
    setupFiles: ['scripts/test/leak-guard.ts'],
  },
})

/** Programs that take seconds to start. */
const slow = ({ test }: ReturnType<typeof project>) => ({ test: { ...test, testTimeout: 120_000 } })

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      project(
        'unit',
        ['packages/{contract,sdk,agent,cli,model-stub}/src/**/*.test.ts'],
        [...withAgentClis, ...withMoreAgentClis],
      ),
      project('runtimes', withAgentClis),
      slow(project('more-runtimes', withMoreAgentClis)),
      project('server', ['packages/server/src/**/*.test.ts'], [...onDocker, ...withoutDatabase]),
      project('backend', withoutDatabase, onDocker),
      project('docker', onDocker),
      project('canvas', ['packages/canvas/src/**/*.test.{ts,tsx}']),
      project('examples', ['examples/**/*.test.ts']),
      project('tooling', ['scripts/**/*.test.ts']),
      { test: e2e },
    ],
  },
})
