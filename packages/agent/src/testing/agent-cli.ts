import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const cache = fileURLToPath(new URL('../../../../.cache/agent-clis', import.meta.url))

/** The folder that holds the program of an agent CLI at exactly this version; installed from npm when it is first needed. */
export const agentCli = async (name: string, version: string): Promise<string> =>
  join(
    await npmPackages(`${name.replaceAll('/', '-')}-${version}`, { [name]: version }),
    'node_modules',
    '.bin',
  )

/** A folder of this name that holds packages at exactly these versions. */
export async function npmPackages(
  name: string,
  packages: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  const made = `${folder}.${process.pid}`
  await mkdir(made, { recursive: true })
  const wanted = Object.entries(packages).map(([each, version]) => `${each}@${version}`)
  const args = ['install', '--no-audit', '--no-fund', '--prefix', made, ...wanted]
  // npm keeps compiled code in the temporary folder, where a test would leave it behind.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' }
  await promisify(execFile)('npm', args, { timeout: 300_000, env })
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }))
  return folder
}
