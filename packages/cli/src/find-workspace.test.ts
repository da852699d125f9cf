import { expect, test } from 'vitest'
import { CliError } from './cli-error.ts'
import { matchWorkspace, pathOf, subtreeOf } from './find-workspace.ts'
import { workspaceRow } from './testing/wire-rows.ts'

const lead = workspaceRow({ name: 'Lead' })
const ops = workspaceRow({ name: 'Ops' })
const reviewer = workspaceRow({ name: 'Reviewer', parent_id: lead.id })
const otherReviewer = workspaceRow({ name: 'Reviewer', parent_id: ops.id })
const tester = workspaceRow({ name: 'tester', parent_id: reviewer.id })
const all = [lead, ops, reviewer, otherReviewer, tester]

test.each([
  ['a name', 'Lead', lead],
  ['a name in another case', 'TESTER', tester],
  ['an id', ops.id, ops],
  ['an id in capitals', ops.id.toUpperCase(), ops],
  ['a path', 'Ops/Reviewer', otherReviewer],
  ['a path from the root', '/Lead/Reviewer', reviewer],
  ['the end of a path', 'Reviewer/tester', tester],
])('%s finds the workspace', (_what, given, expected) => {
  expect(matchWorkspace(all, given)).toBe(expected)
})

test('an exact name wins over the same name in another case', () => {
  const lower = workspaceRow({ name: 'lead' })

  expect(matchWorkspace([...all, lower], 'Lead')).toBe(lead)
})

test('an ambiguous name lists every candidate with id and path', () => {
  const error = failureOf(() => matchWorkspace(all, 'Reviewer'))

  expect(error).toMatchObject({ exitCode: 2, message: '"Reviewer" names 2 workspaces.' })
  expect(error?.lines).toEqual([
    `${reviewer.id}  Lead/Reviewer`,
    `${otherReviewer.id}  Ops/Reviewer`,
  ])
})

test('a name nobody has is not found, and similar ones are offered', () => {
  expect(failureOf(() => matchWorkspace(all, 'review'))).toMatchObject({
    exitCode: 3,
    hint: 'Did you mean "Reviewer" or "Reviewer"?',
  })
  expect(failureOf(() => matchWorkspace(all, 'nobody'))?.hint).toContain('molecule ws list')
})

test('the subtree is everything below, and a path leads from the root', () => {
  expect(subtreeOf(all, lead.id)).toEqual([reviewer, tester])
  expect(pathOf(all, tester)).toBe('Lead/Reviewer/tester')
})

test('a parent that is not to be seen ends the path', () => {
  expect(pathOf([tester], tester)).toBe('tester')
})

function failureOf(work: () => unknown): CliError | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof CliError) return error
    throw error
  }
}
