import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { buildCleanRepository } from '../../fixture.ts'
import { reviewHistory } from '../history/review-history.ts'
import { reviewSecrets } from '../secrets/review-secrets.ts'
import { noProgress } from '../testing/given-repository.ts'
import { limits } from './limits.ts'
import { openRepository } from './repository.ts'

const { signal } = new AbortController()
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'repository with space '))
  onTestFinished(() => rmSync(folder, { recursive: true }))
})

const write = (path: string, text: string) => writeFileSync(join(folder, path), text)
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'safe.directory=*', ...args], { cwd: folder })

test('tracked and new files are listed, ignored ones are not, whatever their names', async () => {
  buildCleanRepository(folder)
  write('new\nfile "quoted" ü.ts', 'x')
  write('.env', 'ignored')

  const { files } = await openRepository(folder, { signal })

  expect(files).toContain('new\nfile "quoted" ü.ts')
  expect(files).toContain('src/page übersicht.ts')
  expect(files).not.toContain('.env')
})

test('without git the folders that tools fill are skipped', async () => {
  for (const path of ['src', 'node_modules', 'dist']) {
    mkdirSync(join(folder, path))
    write(`${path}/a.ts`, 'x')
  }

  const { files } = await openRepository(folder, { signal, gitProgram: 'no-such-git' })

  expect(files).toEqual(['src/a.ts'])
})

test('links, binary files and files that are gone have no text', async () => {
  write('a.bin', 'a\0b')
  symlinkSync('/etc/hostname', join(folder, 'link'))
  const repository = await openRepository(folder, { signal })

  expect(['a.bin', 'link', 'gone'].map((path) => repository.text(path))).toEqual([
    undefined,
    undefined,
    undefined,
  ])
  expect(repository.files).toEqual(['a.bin'])
})

test('a file above the limit is not read, and a note says so', async () => {
  write('large.ts', ' '.repeat(limits.fileBytes + 1))
  const repository = await openRepository(folder, { signal, gitProgram: 'no-such-git' })

  expect(repository.text('large.ts')).toBeUndefined()
  expect(repository.notes()).toContain('1 file too large to read: large.ts.')
})

test('a repository without a commit is reviewed', async () => {
  git('init', '--quiet')
  write('a.ts', 'x')
  const repository = await openRepository(folder, { signal })

  expect((await reviewHistory(repository, noProgress)).checked).toContain('0 commits')
  expect((await reviewSecrets(repository, noProgress)).notes).toEqual([])
})

test('a folder inside a repository is reviewed with the history of that folder', async () => {
  buildCleanRepository(folder)

  const repository = await openRepository(join(folder, 'src'), { signal })

  expect(repository.files).toEqual(['invoice.ts', 'mail.ts', 'page übersicht.ts'])
  expect((await reviewHistory(repository, noProgress)).checked).toContain('3 file versions')
})

test('programs named by the configuration of the repository are never run', async () => {
  buildCleanRepository(folder)
  const trap = join(folder, 'trap.sh')
  writeFileSync(trap, `#!/bin/sh\ntouch "${folder}/sprung"\ncat\n`, { mode: 0o755 })
  write('.gitattributes', '* diff=trap filter=trap')
  for (const key of [
    'core.fsmonitor',
    'diff.external',
    'diff.trap.command',
    'diff.trap.textconv',
    'core.pager',
    'gpg.program',
    'filter.trap.clean',
  ])
    git('config', key, trap.replaceAll(' ', '\\ '))
  git('config', 'log.showSignature', 'true')

  const repository = await openRepository(folder, { signal })
  await reviewHistory(repository, noProgress)
  await reviewSecrets(repository, noProgress)

  expect(existsSync(join(folder, 'sprung'))).toBe(false)
})

test('settings of the repository that change the output of git change no result', async () => {
  buildCleanRepository(folder)
  const before = await reviewHistory(await openRepository(folder, { signal }), noProgress)
  for (const [key, value] of [
    ['diff.noprefix', 'true'],
    ['color.ui', 'always'],
    ['log.showRoot', 'false'],
    ['core.quotePath', 'true'],
  ])
    git('config', key ?? '', value ?? '')

  const after = await reviewHistory(await openRepository(folder, { signal }), noProgress)

  expect(after).toEqual(before)
})
