import { accessSync, constants, existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import type { Environment } from '../environment.ts'
import { type Finding, ok } from './finding.ts'

const oldestNode = 24
const mebibyte = 1024 ** 2
const enoughBytes = 1024 * mebibyte
const tooFewBytes = 100 * mebibyte

export function nodeVersion(version: string): Finding {
  const isEnough = Number.parseInt(version, 10) >= oldestNode
  if (isEnough) return ok('node', version)
  return {
    name: 'node',
    status: 'fail',
    detail: `${version} is too old`,
    fix: `Use Node ${oldestNode}: \`npm install\` brings it, and npm scripts use it.`,
  }
}

export function dataFolder(path: string): Finding {
  const name = 'data folder'
  try {
    if (!existsSync(path)) {
      accessSync(nearestExisting(path), constants.W_OK)
      return { name, status: 'note', detail: `${path} is made by the first start`, fix: '' }
    }
    const probe = join(path, `.doctor-${process.pid}`)
    writeFileSync(probe, '')
    rmSync(probe)
    return ok(name, `${path} can be written`)
  } catch (error) {
    return {
      name,
      status: 'fail',
      detail: `${path} cannot be written: ${error instanceof Error ? error.message : error}`,
      fix: 'Make it writable for this user, or name another with MOLECULE_DATA_DIR.',
    }
  }
}

export function freeDisk(path: string): Finding {
  const { bavail, bsize } = statfsSync(nearestExisting(path))
  return judgeDisk(bavail * bsize)
}

export function judgeDisk(freeBytes: number): Finding {
  const detail = `${Math.floor(freeBytes / mebibyte).toLocaleString('en')} MiB free`
  if (freeBytes >= enoughBytes) return ok('disk', detail)
  const status = freeBytes < tooFewBytes ? 'fail' : 'warn'
  return { name: 'disk', status, detail, fix: 'Free some space, or move the data folder.' }
}

type Program = { name: string; isExpected: boolean; without: string; fix: string }

const programs: readonly Program[] = [
  {
    name: 'git',
    isExpected: true,
    without: 'reviews see files only, no history',
    fix: 'Install it, for example `apt-get install git`.',
  },
  {
    name: 'bwrap',
    isExpected: false,
    without: 'agents run without a sandbox of their own',
    fix: 'Install it if you want one, for example `apt-get install bubblewrap`.',
  },
  {
    name: 'docker',
    isExpected: false,
    without: 'the docker backend needs it, nothing else',
    fix: '',
  },
]

export const optionalPrograms = (env: Environment): Finding[] =>
  programs.map(({ name, isExpected, without, fix }) => {
    const path = findProgram(name, env)
    if (path !== undefined) return ok(name, path)
    return { name, status: isExpected ? 'warn' : 'note', detail: `not found: ${without}`, fix }
  })

const findProgram = (name: string, env: Environment) =>
  (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function nearestExisting(path: string): string {
  let at = path
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at)
  return at
}
