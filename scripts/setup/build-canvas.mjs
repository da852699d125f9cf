import { inRoot } from './paths.mjs'
import { SetupProblem } from './problem.mjs'
import { step } from './progress.mjs'
import { run } from './run.mjs'
import { writeStamp } from './stamp.mjs'

const timeoutMs = 5 * 60_000

/** @param {string} built Where the stamp goes. @param {string} stamp */
export async function buildCanvas(built, stamp) {
  await step('Building the canvas', async () => {
    const vite = inRoot('node_modules/vite/bin/vite.js')
    const args = [vite, 'build', '--emptyOutDir', '--logLevel=warn']
    const { ok, output } = await run('node', args, { cwd: inRoot('packages/canvas'), timeoutMs })
    if (ok) return
    throw new SetupProblem('the canvas could not be built.', {
      output,
      hint: 'This is a fault in packages/canvas; the message above names the place.',
    })
  })
  writeStamp(built, stamp)
}
