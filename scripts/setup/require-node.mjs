import { ownNode } from './paths.mjs'
import { SetupProblem } from './problem.mjs'
import { run } from './run.mjs'

const neededMajor = 24

/** Ours, or on a platform that npm has none for, the machine's. */
export async function requireNode() {
  const own = await run(ownNode, ['--version'])
  const found = own.ok ? own.output : process.version
  if (Number.parseInt(found.replace('v', ''), 10) >= neededMajor) return
  const platform = `${process.platform}-${process.arch}`
  throw new SetupProblem(`needs Node ${neededMajor}, and npm brought none for ${platform}.`, {
    output: own.output,
    hint: `On Linux (x64, arm64) "rm -rf node_modules" and run this again; elsewhere install Node ${neededMajor} from https://nodejs.org.`,
  })
}
