import { rightsOfRole } from '@molecule/contract/identity'
import { Session } from '@molecule/contract/session'
import { expect, test } from 'vitest'
import { hasRight } from './rights.ts'
import type { Access } from './store.ts'

const as = (role: 'owner' | 'operator' | 'viewer'): Access => ({
  state: 'signed_in',
  session: Session.parse({
    kind: 'session',
    name: 'anna',
    role,
    rights: rightsOfRole[role],
    org_id: 'org',
    csrf_token: 'c',
  }),
})

test('rights are those of the session, and none without one', () => {
  expect(hasRight(as('owner'), 'org:admin')).toBe(true)
  expect(hasRight(as('operator'), 'org:admin')).toBe(false)
  expect(hasRight(as('operator'), 'secrets:write')).toBe(true)
  expect(hasRight(as('viewer'), 'tasks:write')).toBe(false)
  expect(hasRight(as('viewer'), 'tasks:read')).toBe(true)
  expect(hasRight({ state: 'unknown' }, 'tasks:read')).toBe(false)
  expect(hasRight({ state: 'signed_out', why: 'ended', problem: null }, 'tasks:read')).toBe(false)
})
