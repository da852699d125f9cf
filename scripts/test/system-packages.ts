import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { step } from '../setup/progress.mjs'
import { failedOnce, type Part, skippedOnce, sum } from './part.ts'
import { capture } from './program.ts'

/** What the tests need and npm does not have. The product itself needs none of it. */
const needed = [
  { name: 'git', isHere: () => isOnPath('git') },
  { name: 'postgresql-15', isHere: () => isExecutable('/usr/lib/postgresql/15/bin/initdb') },
  { name: 'chromium', isHere: () => isOnPath('chromium') },
  { name: 'bubblewrap', isHere: () => isOnPath('bwrap') },
  { name: 'docker.io', isHere: () => isExecutable('/usr/sbin/dockerd') },
] as const

type SystemPackage = (typeof needed)[number]['name']

const missing = () => needed.filter(({ isHere }) => !isHere()).map(({ name }) => name)

export const isMissing = (name: SystemPackage) => missing().includes(name)

/** Root gets what is missing. Anyone else gets a skip for each, with the command that installs it. */
export const systemPackages: Part = {
  name: 'system packages',
  run: async () => {
    const isRoot = process.getuid?.() === 0
    if (isRoot && missing().length > 0) await install(missing())
    for (const name of missing()) {
      console.log(`${name} is missing. Install it with: apt-get install ${flags} ${name}`)
    }
    return sum(missing().map((name) => (isRoot ? failedOnce(`no ${name}`) : skippedOnce(name))))
  },
}

const flags = '-y --no-install-recommends'
const apt = ['DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300']

async function install(names: string[]) {
  const { ok, output } = await step(`Installing ${names.join(', ')}`, async () => {
    const updated = await capture('env', [...apt, 'update'])
    if (!updated.ok) return updated
    return capture('env', [...apt, 'install', ...flags.split(' '), ...names])
  })
  if (!ok) console.error(output.trimEnd())
}

const isOnPath = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)))

function isExecutable(path: string) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
