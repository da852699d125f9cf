import { expect, test } from 'vitest'
import { fingerprint } from './stamp.mjs'

test('what does not exist adds nothing', () => {
  expect(fingerprint(['no-such-folder'])).toBe(fingerprint([]))
})

test('a folder is its files, in whatever order they are named', () => {
  const files = fingerprint(['package.json', 'LICENSE'])

  expect(fingerprint(['LICENSE', 'package.json'])).toBe(files)
  expect(fingerprint(['LICENSE'])).not.toBe(files)
})

test('tests are no part of what runs', () => {
  expect(fingerprint(['scripts/setup/stamp.test.ts'])).toBe(fingerprint([]))
})
