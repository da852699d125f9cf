import { expect, test } from 'vitest'
import { canvasStore } from '../state/store.ts'
import { givenLive, givenWorkspace } from '../testing/given.ts'
import { sessionOf } from '../testing/shown.tsx'
import { callerName } from './names.ts'

test('work asked for by the person who looks is theirs; others have their names', () => {
  const state = {
    ...canvasStore().getState(),
    live: givenLive([givenWorkspace('w', { name: 'Writer' })]),
    access: { state: 'signed_in', session: sessionOf('owner') } as const,
  }

  expect(callerName(state, { kind: 'user', id: 'anna' })).toBe('You')
  expect(callerName(state, { kind: 'user', id: 'bert' })).toBe('bert')
  expect(callerName(state, { kind: 'workspace', id: 'w' })).toBe('Writer')
  expect(callerName(state, { kind: 'system', id: 'system' })).toBe('Molecule')
})
