import { rmSync } from 'node:fs'
import { linkNode } from './own-node.mjs'
import { inRoot } from './paths.mjs'
import { SetupProblem } from './problem.mjs'
import { step } from './progress.mjs'
import { requireNode } from './require-node.mjs'
import { machineEnv, run } from './run.mjs'
import { writeStamp } from './stamp.mjs'

const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline']
/** Nothing we install needs a script of its own at install, so none may run. */
const safe = ['--ignore-scripts', '--include=optional']

/**
 * A fresh checkout is installed exactly as locked. One that was complete before is only brought up to date,
 * because whatever runs from it must not lose its packages meanwhile.
 * @param {{ fresh: boolean, level: import('./steps.mjs').Level, installed: string, stamp: string }} options
 */
export async function install({ fresh, level, installed, stamp }) {
  const what = level === 'all' ? 'packages and development tools' : 'packages'
  await step(`Installing ${what}`, async () => {
    rmSync(inRoot(installed), { force: true })
    await npm(fresh ? 'ci' : 'install', level)
    await linkNode()
    await requireNode()
  })
  writeStamp(installed, stamp)
}

/** @param {'ci' | 'install'} command @param {import('./steps.mjs').Level} level */
async function npm(command, level) {
  const dev = level === 'all' ? '--include=dev' : '--omit=dev'
  const saving = command === 'install' ? ['--no-save'] : []
  const args = [command, ...saving, dev, ...safe, ...quiet]
  const { ok, output } = await run('npm', args, { env: machineEnv })
  if (ok) return
  if (command === 'ci' && output.includes('EUSAGE')) return npm('install', level)
  throw new SetupProblem('npm could not install the packages.', {
    output,
    hint: `See npm's message above; when it is about the network, run the command again.`,
  })
}
