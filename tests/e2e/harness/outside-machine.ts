import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { programPaths } from './program-paths.ts'

const limitMs = 120_000
const own = [join(programPaths.root, 'node_modules/.bin'), dirname(programPaths.node)]

/** A folder that stands for a machine which has Node and npm, reaches no registry, and knows nothing of us. */
export async function outsideMachine() {
  const home = await mkdtemp(join(tmpdir(), 'molecule-outside-'))
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))
  const bin = join(home, 'global/bin')
  await writeFile(join(home, '.npmrc'), `registry=http://127.0.0.1:9/\nprefix=${home}/global\n`)
  const env: Record<string, string> = {
    PATH: [bin, ...pathOfTheMachine()].join(delimiter),
    HOME: home,
    TMPDIR: process.env.TMPDIR ?? tmpdir(),
    npm_config_cache: join(home, 'npm-cache'),
    npm_config_fetch_retries: '0',
    NODE_DISABLE_COMPILE_CACHE: '1',
  }
  const run = async (command: string, args: readonly string[], more: typeof env = {}) => {
    const where = { cwd: home, env: { ...env, ...more }, timeout: limitMs }
    return promisify(execFile)(command, [...args], where)
  }
  return { home, bin, env, run }
}

/** The Node of the machine is often older than the one that runs the tests. */
function pathOfTheMachine() {
  const all = (process.env.PATH ?? '').split(delimiter)
  const others = all.filter((folder) => !own.includes(folder))
  return [...others, ...own]
}
