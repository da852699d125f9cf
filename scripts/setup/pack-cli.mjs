import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { inRoot } from './paths.mjs'
import { SetupProblem } from './problem.mjs'
import { step } from './progress.mjs'
import { machineEnv, run } from './run.mjs'
import { writeStamp } from './stamp.mjs'

const timeoutMs = 2 * 60_000
/** Of the machines that it is installed on. */
const oldestNode = '20.3.0'

/**
 * The CLI as a package of its own, which needs nothing else: what `GET /install/molecule.tgz` serves. Written beside its place first.
 * @param {string} packed Where the stamp goes. @param {string} stamp
 */
export async function packCli(packed, stamp) {
  await step('Packing the CLI', async () => {
    const { version, license } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
    const folder = inRoot('packages/cli/dist/package')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const bundler = inRoot('packages/cli/bundle.mjs')
    await insist(await run('node', [bundler, folder], { timeoutMs }), 'bundled')
    const manifest = {
      ...{ name: 'molecule', version, license, private: true, type: 'module' },
      description: 'The command line of Molecule, and the bridge for agents that run elsewhere.',
      bin: { molecule: './molecule.mjs' },
      engines: { node: `>=${oldestNode}` },
    }
    writeFileSync(`${folder}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`)
    cpSync(inRoot('LICENSE'), `${folder}/LICENSE`)
    const env = {
      ...machineEnv,
      npm_config_ignore_scripts: 'true',
      NODE_DISABLE_COMPILE_CACHE: '1',
    }
    const args = ['pack', '--silent', '--pack-destination', inRoot('packages/cli/dist'), folder]
    await insist(await run('npm', args, { env, timeoutMs }), 'packed')
    renameSync(
      inRoot(`packages/cli/dist/molecule-${version}.tgz`),
      inRoot('packages/cli/dist/molecule.tgz'),
    )
    rmSync(folder, { recursive: true, force: true })
  })
  writeStamp(packed, stamp)
}

/** @param {{ ok: boolean, output: string }} end @param {string} what */
async function insist({ ok, output }, what) {
  if (ok) return
  throw new SetupProblem(`the CLI could not be ${what}.`, {
    output,
    hint: 'This is a fault in packages/cli or packages/agent; the message above names the place.',
  })
}
