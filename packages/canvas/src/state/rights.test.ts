import type { Role } from '@molecule/contract/identity'
import { expect, test } from 'vitest'
import { sessionOf } from '../testing/shown.tsx'
import { hasRight } from './rights.ts'
import type { Access } from './store.ts'

const as = (role: Role): Access => ({ state: 'signed_in', session: sessionOf(role) })

test('rights are those of the session, and none without one', () => {
  expect(hasRight(as('owner'), 'org:admin')).toBe(true)
  expect(hasRight(as('operator'), 'org:admin')).toBe(false)
  expect(hasRight(as('operator'), 'secrets:write')).toBe(true)
  expect(hasRight(as('viewer'), 'tasks:write')).toBe(false)
  expect(hasRight(as('viewer'), 'tasks:read')).toBe(true)
  expect(hasRight({ state: 'unknown' }, 'tasks:read')).toBe(false)
  expect(hasRight({ state: 'signed_out', why: 'ended', problem: null }, 'tasks:read')).toBe(false)
})
