import { expect, test } from 'vitest'
import { cleanText } from './clean-text.ts'

test.each([
  ['plain', 'plain'],
  ['\u{1f600} é', '\u{1f600} é'],
  ['a\0b\0', 'ab'],
  ['half \ud83d of it', 'half \ufffd of it'],
])('%j is stored as %j', (given, stored) => {
  expect(cleanText(given)).toBe(stored)
})
