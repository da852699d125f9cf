import { mkdirSync, readFileSync } from 'node:fs'
import { compileCache, inRoot } from './paths.mjs'
import { step } from './progress.mjs'
import { ownEnv, run } from './run.mjs'
import { writeStamp } from './stamp.mjs'

const timeoutMs = 60_000
/** As the server starts its hosts: what Node compiles is kept per set of flags. @type {string[]} */
const hostFlags = JSON.parse(readFileSync(inRoot('packages/agent/node-flags.json'), 'utf8'))
/** How to make each load its code and end. */
const programs = [
  ['packages/server/src/main.ts', '--help'],
  [...hostFlags, 'packages/agent/src/main.ts', '--help'],
  ['packages/cli/bin/molecule.mjs', 'ask', '--help'],
]

/**
 * Every program once, so that Node keeps what it compiled: a warm agent host needs half the memory of a cold one.
 * One that fails here starts cold, which harms nothing else.
 * @param {string} warmed Where the stamp goes. @param {string} stamp
 */
export async function warmCompileCache(warmed, stamp) {
  await step('Warming the compile cache', async () => {
    mkdirSync(compileCache, { recursive: true })
    const env = { ...ownEnv, NODE_COMPILE_CACHE: compileCache }
    await Promise.all(programs.map((program) => run('node', program, { env, timeoutMs })))
  })
  writeStamp(warmed, stamp)
}
