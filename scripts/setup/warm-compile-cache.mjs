import { mkdirSync } from 'node:fs'
import { compileCache, inRoot } from './paths.mjs'
import { step } from './progress.mjs'
import { ownEnv, run } from './run.mjs'
import { writeStamp } from './stamp.mjs'

const timeoutMs = 60_000
const programs = ['server', 'agent', 'cli']

/**
 * Every program once, so that Node keeps what it compiled: a warm agent host needs half the memory of a cold one.
 * A program that cannot say its version starts cold, which harms nothing else.
 * @param {string} warmed Where the stamp goes. @param {string} stamp
 */
export async function warmCompileCache(warmed, stamp) {
  await step('Warming the compile cache', async () => {
    mkdirSync(compileCache, { recursive: true })
    const env = { ...ownEnv, NODE_COMPILE_CACHE: compileCache }
    const warm = (/** @type {string} */ program) =>
      run('node', [inRoot('packages', program, 'src/main.ts'), '--version'], { env, timeoutMs })
    await Promise.all(programs.map(warm))
  })
  writeStamp(warmed, stamp)
}
