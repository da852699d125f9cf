import { expect, test } from 'vitest'
import { places } from '../testing/given-repository.ts'
import { conflictMarkers } from './conflict-markers.ts'
import { credentialFiles, fetchedFolders, largeFiles } from './past-rules.ts'

const past = (...paths: string[]) =>
  paths.map((path, n) => ({ commit: `c${paths.length - n}`, path, blob: `b${n}` }))
const marker = (char: string, label = '') => char.repeat(7) + label

test('files that hold credentials by their nature are found, templates of them are not', () => {
  const files = past(
    '.env',
    'web/.env.production',
    'id_rsa',
    'keys/app.p12',
    '.env.example',
    '.env.local.template',
  )

  expect(places(credentialFiles(files, new Set()))).toEqual([
    'history/environment-file .env:1',
    'history/environment-file web/.env.production:1',
    'history/key-file id_rsa:1',
    'history/key-file keys/app.p12:1',
  ])
})

test('a file that was committed often is told once, with the commit that brought it in', () => {
  expect(credentialFiles(past('.env', '.env', '.env'), new Set())).toMatchObject([{ commit: 'c1' }])
  expect(credentialFiles(past('.env'), new Set(['.env']))[0]?.commit).toBeUndefined()
})

test('a file is large above five megabytes', () => {
  const sizes = new Map([
    ['b0', 5 * 1024 * 1024],
    ['b1', 5 * 1024 * 1024 + 1],
  ])

  expect(places(largeFiles(past('limit.bin', 'over.bin'), sizes))).toEqual([
    'history/large-file over.bin:1',
  ])
})

test('a folder of fetched packages is told once', () => {
  const files = past('web/node_modules/a/index.js', 'web/node_modules/b/index.js', 'src/index.js')

  expect(places(fetchedFolders(files, new Set()))).toEqual([
    'history/committed-dependencies web/node_modules/b/index.js:1',
  ])
})

test('an unfinished merge has all three marks in order', () => {
  const text = ['a', marker('<', ' HEAD'), 'b', marker('='), 'c', marker('>', ' topic'), 'd'].join(
    '\n',
  )

  expect(places(conflictMarkers('src/a.ts', text))).toEqual(['history/conflict-markers src/a.ts:2'])
  expect(conflictMarkers('README.rst', `Title\n${marker('=')}\n`)).toEqual([])
  expect(conflictMarkers('src/a.ts', `// ${marker('<', ' HEAD')}`)).toEqual([])
})
