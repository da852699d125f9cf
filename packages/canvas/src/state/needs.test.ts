import { expect, test } from 'vitest'
import { metBy, needsIn, needsOfWorkspace } from './needs.ts'

test('needs are told once, whichever way they are written', () => {
  const required = [['ONE', 'OTHER'], 'TOKEN', { any_of: ['ONE', 'OTHER'] }, 7, []]

  expect(needsIn(required)).toEqual([['ONE', 'OTHER'], ['TOKEN']])
})

test('a workspace needs what its runtime and its own configuration name', () => {
  const configured = { runtime_config: { required_env: ['OWN'], env: { SET: 'x' } } }

  expect(needsOfWorkspace(configured, ['KEY'])).toEqual([['KEY'], ['OWN']])
  expect(needsOfWorkspace({ runtime_config: { required_env: 'no list' } }, [])).toEqual([])
})

test('a secret or the configuration meets a need, one of its names is enough', () => {
  const configured = { runtime_config: { env: { SET: 'x' } } }
  const stored = new Set(['STORED'])

  expect(metBy(['A', 'STORED'], configured, stored)).toBe('STORED')
  expect(metBy(['SET'], configured, stored)).toBe('SET')
  expect(metBy(['A', 'B'], configured, stored)).toBeUndefined()
  expect(metBy(['toString'], { runtime_config: {} }, stored)).toBeUndefined()
})
