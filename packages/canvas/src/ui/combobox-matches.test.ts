import { expect, test } from 'vitest'
import { matching } from './combobox-matches.ts'

const options = [
  { value: 'a', label: 'Claude Code', detail: 'needs ANTHROPIC_API_KEY' },
  { value: 'b', label: 'Codex' },
]

test.each([
  ['', 'ab'],
  ['co', 'ab'],
  ['  code  claude ', 'a'],
  ['anthropic', 'a'],
  ['cobol', ''],
])('%j finds "%s"', (query, found) => {
  expect(
    matching(options, query)
      .map(({ value }) => value)
      .join(''),
  ).toBe(found)
})
