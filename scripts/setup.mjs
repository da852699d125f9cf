import { oneAtATime } from './setup/one-at-a-time.mjs'
import { explain } from './setup/problem.mjs'
import { stepsToDo } from './setup/steps.mjs'

/*
 * `node scripts/setup.mjs start|test` makes the checkout ready to run: packages, canvas, compile cache.
 * It runs on the machine's own Node (20 or newer) and says nothing when there is nothing to do.
 */
const level = process.argv[2] === 'test' ? 'all' : 'run'

try {
  if (stepsToDo(level).length > 0) {
    await oneAtATime(async () => {
      for (const step of stepsToDo(level)) await step.work()
    })
  }
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}
