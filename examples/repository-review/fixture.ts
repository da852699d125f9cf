import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cleanFiles, type Files } from './fixture/clean-files.ts'
import { flawedFiles, pastFiles } from './fixture/flawed-files.ts'
import { searchPath } from './src/environment.ts'

export type PlantedFlaw = { rule: string; file: string; line: number; needsGit: boolean }

const inFiles = (rule: string, file: string, line: number): PlantedFlaw => ({
  rule,
  file,
  line,
  needsGit: false,
})
const inHistory = (rule: string, file: string, line: number): PlantedFlaw => ({
  rule,
  file,
  line,
  needsGit: true,
})

/** What `buildFlawedRepository` hides, and no more. */
export const plantedFlaws: readonly PlantedFlaw[] = [
  inFiles('secrets/private-key', 'deploy/server.key', 1),
  inFiles('secrets/aws-access-key', 'src/storage.ts', 3),
  inFiles('secrets/assigned-secret', 'src/mail.ts', 6),
  inHistory('secrets/in-history', 'scripts/publish.sh', 3),
  inFiles('dependencies/unpinned', 'package.json', 10),
  inFiles('dependencies/lock-disagrees', 'package.json', 11),
  inFiles('dependencies/copyleft', 'package-lock.json', 29),
  inFiles('code/duplicate', 'src/refund.ts', 5),
  inFiles('code/long-function', 'src/read-order.ts', 3),
  inFiles('code/long-file', 'src/towns.ts', 1),
  inHistory('history/environment-file', '.env', 1),
  inHistory('history/large-file', 'assets/catalogue.bin', 1),
]

/** In an empty folder. The same commits, with the same hashes, every time. */
export function buildCleanRepository(folder: string): void {
  git(folder, 0, ['init', '--quiet', '--initial-branch=main'])
  commit(folder, cleanFiles, { hour: 1, message: 'Open the shop' })
}

/** In an empty folder: the clean repository, and what three hasty commits made of it. */
export function buildFlawedRepository(folder: string): void {
  buildCleanRepository(folder)
  commit(
    folder,
    { ...flawedFiles, ...pastFiles },
    { hour: 2, message: 'Add refunds and the catalogue' },
  )
  for (const path of Object.keys(pastFiles)) rmSync(join(folder, path))
  commit(folder, flawedFiles, { hour: 3, message: 'Remove what does not belong here' })
}

type Commit = { hour: number; message: string }

function commit(folder: string, files: Files, { hour, message }: Commit) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  git(folder, hour, ['add', '--all', '--force'])
  git(folder, hour, ['commit', '--quiet', `--message=${message}`])
}

function git(folder: string, hour: number, args: readonly string[]) {
  const person = (role: string) => ({
    [`GIT_${role}_NAME`]: 'Robin',
    [`GIT_${role}_EMAIL`]: 'robin@corner-shop.example',
    [`GIT_${role}_DATE`]: `2024-03-01T0${hour}:00:00Z`,
  })
  execFileSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: folder,
    env: {
      PATH: searchPath(),
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      ...person('AUTHOR'),
      ...person('COMMITTER'),
    },
  })
}
