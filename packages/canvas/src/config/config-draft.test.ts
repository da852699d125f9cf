import { expect, test } from 'vitest'
import {
  afterSave,
  changed,
  emptyDraft,
  isChanged,
  pathProblem,
  pathsOf,
  savedWith,
  textAt,
} from './config-draft.ts'

const saved = { 'b.md': 'b', 'config.yaml': 'name: it', 'a.md': 'a' }

test('what is typed is a change until it is as it was saved again', () => {
  const draft = changed(emptyDraft('1-x'), saved, 'a.md', 'A')
  const back = changed(draft, saved, 'a.md', 'a')

  expect(textAt(draft, saved, 'a.md')).toBe('A')
  expect(textAt(draft, saved, 'b.md')).toBe('b')
  expect([isChanged(draft), isChanged(back)]).toEqual([true, false])
  expect(draft.base).toBe('1-x')
})

test('config.yaml is first, new files are in their place, removed ones are gone', () => {
  const added = changed(emptyDraft('1-x'), saved, 'aa.md', '')
  const removed = changed(added, saved, 'b.md', null)

  expect(pathsOf(removed, saved)).toEqual(['config.yaml', 'a.md', 'aa.md'])
  expect(removed.changes).toEqual({ 'aa.md': '', 'b.md': null })
  expect(isChanged(changed(added, saved, 'aa.md', null))).toBe(false)
})

test('what is typed while it is being saved stays a change', () => {
  const asked = { ...changed(emptyDraft('1-x'), saved, 'a.md', 'A'), note: 'why' }
  const now = changed(changed(asked, saved, 'a.md', 'AA'), saved, 'b.md', null)

  expect(afterSave(asked, asked, '2-y')).toEqual(emptyDraft('2-y'))
  expect(afterSave(now, asked, '2-y')).toEqual({
    ...{ base: '2-y', changes: { 'a.md': 'AA', 'b.md': null }, note: '' },
  })
})

test('what would be there has the changes in it', () => {
  const edited = changed(emptyDraft('1-x'), saved, 'a.md', 'A')
  const removed = changed(edited, saved, 'b.md', null)

  expect(savedWith(removed, saved)).toEqual({ 'config.yaml': 'name: it', 'a.md': 'A' })
})

test.each([
  ['', 'Give it a name.'],
  ['/etc', 'relative'],
  ['a\\b', 'relative'],
  ['a/../b', '".."'],
  ['a.md', 'There is a file'],
  ['a.md/b', 'A file and a folder'],
])('%j cannot be added', (path, why) => {
  expect(pathProblem(path, Object.keys(saved))).toContain(why)
})

test('any other path can', () => {
  expect(pathProblem('skills/review/SKILL.md', Object.keys(saved))).toBeUndefined()
})
