import type { FieldProblem } from '@molecule/contract/problem'
import { MoleculeError } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { fileProblems, startOfLine } from './config-refusal.ts'

const paths = ['config.yaml', 'skills/x.md']
const refused = (...fields: FieldProblem[]) =>
  new MoleculeError({
    ...{ type: 't', title: 'T', status: 400, code: 'invalid', detail: 'no', hint: '' },
    ...{ retryable: false, trace_id: 'x', error: 'no', fields },
  })

test.each([
  ['config.yaml:3:5', 'config.yaml', 3, 'Line 3, column 5: bad'],
  ['config.yaml: tier', 'config.yaml', undefined, 'tier: bad'],
  ['config.yaml', 'config.yaml', undefined, 'bad'],
  ['files.skills/x.md', 'skills/x.md', undefined, 'bad'],
])('%s is told at its file', (path, file, line, told) => {
  expect(fileProblems(refused({ path, message: 'bad' }), paths)).toEqual([{ file, line, told }])
})

test('what is about no file is told of none', () => {
  expect(fileProblems(refused({ path: 'note', message: 'bad' }), paths)).toEqual([])
  expect(fileProblems(new Error('no'), paths)).toEqual([])
})

test.each([
  [1, 0],
  [2, 3],
  [3, 4],
])('line %i begins at %i', (line, at) => {
  expect(startOfLine('ab\n\nc', line)).toBe(at)
})
