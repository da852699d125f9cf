import { defineConfig } from 'vitest/config'

/** End-to-end tests own the machine: one file at a time, and minutes where a unit test has seconds. */
const e2e = {
  name: 'e2e',
  include: ['tests/e2e/**/*.test.ts'],
  fileParallelism: false,
  testTimeout: 180_000,
  hookTimeout: 180_000,
}

const project = (name: string, include: string[]) => ({
  test: { name, include, setupFiles: ['scripts/test/leak-guard.ts'] },
})

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      project('unit', ['packages/{contract,sdk,agent,cli}/src/**/*.test.ts']),
      project('server', ['packages/server/src/**/*.test.ts']),
      project('canvas', ['packages/canvas/src/**/*.test.{ts,tsx}']),
      project('examples', ['examples/**/*.test.ts']),
      project('tooling', ['scripts/**/*.test.ts']),
      { test: e2e },
    ],
  },
})
