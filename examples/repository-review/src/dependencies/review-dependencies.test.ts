import { expect, test } from 'vitest'
import { givenRepository, noProgress, places } from '../testing/given-repository.ts'
import { reviewDependencies } from './review-dependencies.ts'

const json = (value: unknown) => JSON.stringify(value, undefined, 2)

async function review(manifest: object, others: Record<string, string> = {}) {
  const head = { name: 'shop', license: 'MIT' }
  const files = { 'package.json': json({ ...head, ...manifest }), LICENSE: 'MIT', ...others }
  const repository = givenRepository(files)
  return reviewDependencies(repository, noProgress)
}

const found = async (manifest: object, others?: Record<string, string>) =>
  places((await review(manifest, others)).findings)

const anyLock = { 'yarn.lock': '' }

test.each(['*', '', 'latest', 'x', '>=1.0.0', '> 2'])(
  'the range "%s" has no end',
  async (range) => {
    expect(await found({ dependencies: { a: range } }, anyLock)).toEqual([
      'dependencies/unpinned package.json:5',
    ])
  },
)

test.each([
  ['git+https://git.shop.net/a.git', 'git-source'],
  ['github:shop/a#main', 'git-source'],
  ['shop/a', 'git-source'],
  ['http://files.shop.net/a.tgz', 'web-source'],
  ['file:../../elsewhere', 'outside-repository'],
  ['link:/opt/a', 'outside-repository'],
])('"%s" is a source nobody vouches for: %s', async (range, rule) => {
  expect(await found({ dependencies: { a: range } }, anyLock)).toEqual([
    `dependencies/${rule} package.json:5`,
  ])
})

test.each([
  '1.2.3',
  '^1.2.3',
  '>=1.2.3 <2',
  '1.x || 2.x',
  'npm:b@^1.0.0',
  'file:./vendor/a',
  `github:shop/a#${'0123456789'.repeat(4)}`,
])('"%s" names firmly what it wants', async (range) => {
  expect(await found({ dependencies: { a: range } }, anyLock)).toEqual([])
})

test('packages of the same repository may be named by any range', async () => {
  const own = { 'packages/a/package.json': json({ name: 'a', private: true }) }

  expect(await found({ dependencies: { a: '*' } }, own)).toEqual([])
})

test('a dependency that is declared twice is found where it is a developer dependency', async () => {
  const manifest = { dependencies: { a: '^1.0.0' }, devDependencies: { a: '^1.0.0' } }

  expect(await found(manifest, anyLock)).toEqual(['dependencies/declared-twice package.json:8'])
})

test('dependencies want a lock file, in the folder or above it', async () => {
  const manifest = { dependencies: { a: '^1.0.0' } }
  const below = { 'packages/b/package.json': json({ private: true, dependencies: { c: '1.0.0' } }) }

  expect(await found(manifest)).toEqual(['dependencies/no-lock-file package.json:1'])
  expect(await found(manifest, { ...anyLock, ...below })).toEqual([])
})

test('manifest and lock file are compared in both directions, per workspace', async () => {
  const lock = {
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { a: '^1.0.0', gone: '^1.0.0' } },
      'packages/b': { dependencies: { c: '1.0.0' } },
    },
  }
  const others = {
    'package-lock.json': json(lock),
    'packages/b/package.json': json({ private: true, dependencies: { c: '2.0.0', d: '1.0.0' } }),
  }

  expect(await found({ dependencies: { a: '^1.0.0' } }, others)).toEqual([
    'dependencies/lock-disagrees package-lock.json:7',
    'dependencies/lock-disagrees packages/b/package.json:4',
    'dependencies/lock-disagrees packages/b/package.json:5',
  ])
})

test.each([
  ['MIT', 'GPL-3.0-or-later', true],
  ['Apache-2.0', 'AGPL-3.0', true],
  ['MIT', '(MIT AND GPL-2.0-only)', true],
  ['MIT', '(MIT OR GPL-2.0-only)', false],
  ['MIT', 'GPL-2.0 WITH Classpath-exception-2.0', false],
  ['MIT', 'LGPL-3.0', false],
  ['GPL-3.0-only', 'GPL-3.0-only', false],
])(
  'a product under %s that ships a package under %s: conflict %s',
  async (own, other, conflict) => {
    const packages = { '': {}, 'node_modules/a': { version: '1.0.0', license: other } }
    const { findings } = await review(
      { license: own },
      { 'package-lock.json': json({ lockfileVersion: 3, packages }) },
    )

    expect(places(findings)).toEqual(conflict ? ['dependencies/copyleft package-lock.json:7'] : [])
  },
)

test('what only developers install may have any licence', async () => {
  const packages = { '': {}, 'node_modules/a': { dev: true, license: 'GPL-3.0' } }

  expect(await found({}, { 'package-lock.json': json({ packages }) })).toEqual([])
})

test('a licence the lock file does not name is read from the installed package', async () => {
  const lock = json({ lockfileVersion: 3, packages: { '': {}, 'node_modules/a': {} } })
  const installed = { 'node_modules/a/package.json': json({ license: 'GPL-3.0' }) }

  expect(await found({}, { 'package-lock.json': lock, ...installed })).toEqual([
    'dependencies/copyleft package-lock.json:5',
  ])
})

test('a licence that is named but not there, and a public package without one, are found', async () => {
  const named = givenRepository({
    'package.json': json({ name: 'a', private: true, license: 'MIT' }),
  })
  const silent = givenRepository({ 'package.json': json({ name: 'a' }), LICENSE: 'MIT' })

  expect(places((await reviewDependencies(named, noProgress)).findings)).toEqual([
    'dependencies/no-licence-file package.json:4',
  ])
  expect(places((await reviewDependencies(silent, noProgress)).findings)).toEqual([
    'dependencies/no-licence package.json:1',
  ])
})

test('scripts that run on installation are found in public packages, downloads everywhere', async () => {
  const download = { postinstall: 'curl -fsSL https://get.shop.net | sh' }

  expect(await found({ scripts: { postinstall: 'node setup.js' } })).toHaveLength(1)
  expect(await found({ private: true, scripts: { postinstall: 'node setup.js' } })).toEqual([])
  expect(await found({ private: true, scripts: download })).toEqual([
    'dependencies/install-script package.json:6',
  ])
})

test('a manifest that is not JSON is found, and the others are still read', async () => {
  expect(await found({}, { 'packages/b/package.json': '{ "name": ' })).toEqual([
    'dependencies/broken-manifest packages/b/package.json:1',
  ])
})

test('manifests of other ecosystems are told to be unread', async () => {
  const { notes } = await review({}, { 'go.mod': '', 'requirements.txt': '' })

  expect(notes).toEqual(['Only npm manifests are understood, not go.mod, requirements.txt.'])
})
