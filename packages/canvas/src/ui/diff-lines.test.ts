import { expect, test } from 'vitest'
import { hunksOf, pathsThatDiffer } from './diff-lines.ts'

const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join('')

test('a change stands between a few lines that stay', () => {
  const before = lines('1', '2', '3', '4', '5', '6', '7', '8', '9')
  const after = before.replace('6\n', 'six\n')

  const [hunk, ...others] = hunksOf(before, after) ?? []

  expect(others).toEqual([])
  expect(hunk?.line).toBe(3)
  expect(hunk?.lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    ...['same 3', 'same 4', 'same 5', 'removed 6', 'added six', 'same 7', 'same 8', 'same 9'],
  ])
})

test('changes far from each other are apart', () => {
  const before = lines(...Array.from({ length: 40 }, (_, n) => `line ${n}`))
  const after = before.replace('line 2\n', '').replace('line 30\n', 'new\nline 30\n')

  expect(hunksOf(before, after)).toHaveLength(2)
})

test('a new text is all added, the same text has no change, a missing end of line is none of its own', () => {
  expect(hunksOf('', 'a\nb')?.[0]?.lines).toEqual([
    { kind: 'added', text: 'a' },
    { kind: 'added', text: 'b' },
  ])
  expect(hunksOf('a', 'a')).toEqual([])
})

test('files that are new, gone or changed differ', () => {
  const before = { same: 's', gone: 'g', changed: 'c' }

  expect(pathsThatDiffer(before, { same: 's', changed: 'C', added: '' })).toEqual([
    ...['added', 'changed', 'gone'],
  ])
})
