import type { Problem } from '@molecule/contract/problem'
import { MoleculeError } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { refusalOf } from './refusal.ts'

const shown = ['name', 'runtime', 'model', 'runtime_config.command', 'runtime_config.args']
const refused = (part: Partial<Problem>) =>
  new MoleculeError({
    ...{ type: 't', title: 'T', status: 400, code: 'invalid', detail: 'no', hint: 'Mend it.' },
    ...{ retryable: false, trace_id: 'x', error: 'no' },
    ...part,
  })

test('a name that is taken is told at the name, with one that is free', () => {
  const detail = 'a workspace called "Ann" exists there already'
  const error = refused({ code: 'name_taken', detail, extra: { suggestion: 'Ann (2)' } })

  const { at, rest, freeName } = refusalOf(error, shown)

  expect([...at]).toEqual([['name', 'A workspace called "Ann" exists there already.']])
  expect([rest, freeName]).toEqual([null, 'Ann (2)'])
})

test('an unknown runtime is told at the runtime, with those there are', () => {
  const error = refused({
    ...{
      code: 'unknown_runtime',
      detail: 'no runtime is called "x"',
      hint: 'Use one of: command.',
    },
  })

  expect([...refusalOf(error, shown).at]).toEqual([
    ['runtime', 'No runtime is called "x". Use one of: command.'],
  ])
})

test('problems of fields stand at their fields, also of what lies within one', () => {
  const fields = [
    { path: 'model', message: 'it is a model of openai' },
    { path: 'runtime_config.args.0', message: 'too long' },
  ]

  const { at, rest } = refusalOf(refused({ fields }), shown)

  expect(at.get('runtime_config.args')).toBe('Too long.')
  expect(at.get('model')).toBe('It is a model of openai.')
  expect(rest).toBeNull()
})

test('what stands for no field in sight is told as a whole', () => {
  const hidden = refused({ fields: [{ path: 'config.yaml: tier', message: 'too big' }] })
  const other = refused({ code: 'limit_reached' })

  expect(refusalOf(hidden, shown).rest).toBe(hidden)
  expect(refusalOf(other, shown).rest).toBe(other)
})
