import { expect, test } from 'vitest'
import { type Addition, patchReader } from './patch-reader.ts'

function additionsOf(...lines: string[]): Addition[] {
  const additions: Addition[] = []
  const reader = patchReader((addition) => additions.push(addition))
  for (const line of lines) reader.line(line)
  reader.end()
  return additions
}

test('added lines keep their numbers over several places in one file', () => {
  const additions = additionsOf(
    'commit c1',
    '',
    'diff --git a/a.ts b/a.ts',
    '--- a/a.ts',
    '+++ b/a.ts',
    '@@ -3,2 +3 @@ class A',
    '-old',
    '-older',
    '+new',
    '@@ -20,0 +20,2 @@',
    '+twenty',
    '+twenty-one',
  )

  expect(additions).toEqual([
    { commit: 'c1', path: 'a.ts', text: 'new\ntwenty\ntwenty-one', lines: [3, 20, 21] },
  ])
})

test('an added line that looks like a header is content', () => {
  const additions = additionsOf(
    'commit c1',
    '+++ b/notes.txt',
    '@@ -0,0 +1,3 @@',
    '+++ b/other.txt',
    '+commit c2',
    '+@@ -1 +1 @@',
  )

  expect(additions).toMatchObject([
    { commit: 'c1', path: 'notes.txt', text: '++ b/other.txt\ncommit c2\n@@ -1 +1 @@' },
  ])
})

test.each([
  ['+++ b/with space.ts\t', 'with space.ts'],
  ['+++ "b/line\\nbreak \\"quoted\\".ts"', 'line\nbreak "quoted".ts'],
  ['+++ b/übersicht.ts', 'übersicht.ts'],
])('the path of %s is read as git means it', (header, path) => {
  expect(additionsOf('commit c', header, '@@ -0,0 +1 @@', '+x')[0]?.path).toBe(path)
})
