import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const inRoot = (path: string) => join(root, path)

/** Where the programs under test lie. */
export const programPaths = {
  root,
  node: process.execPath,
  server: inRoot('packages/server/src/main.ts'),
  agent: inRoot('packages/agent/src/main.ts'),
  cli: inRoot('packages/cli/src/main.ts'),
  compileCache: inRoot('.cache/compile'),
}

/** What agents of the tests run. */
export const testProgram = (name: string) => inRoot(join('tests/e2e/programs', name))

/** What every program under test finds in its environment; nothing else of ours reaches it. */
export const programEnv = (): Record<string, string> => ({
  PATH: `${dirname(programPaths.node)}:${process.env.PATH ?? '/usr/bin:/bin'}`,
  HOME: process.env.HOME ?? '/',
  ...(process.env.TMPDIR ? { TMPDIR: process.env.TMPDIR } : {}),
  NODE_COMPILE_CACHE: programPaths.compileCache,
  // Programs of the tests write where the test looks, which lies outside of any sandbox.
  MOLECULE_SANDBOX: 'off',
})
