import { CreateOrgToken, MAX_OVERLAP_S, rights } from '@molecule/contract/identity'
import { expect, test } from 'vitest'
import { expiryChoices, overlapChoices, usualExpiryS } from './lifetimes.ts'
import { allScopes, presetOf, presets, scopeGroups, scopesInWords, toggled } from './scopes.ts'

test('every right is offered once', () => {
  expect(allScopes.toSorted()).toEqual([...rights].sort())
  expect(scopeGroups.flatMap(({ scopes }) => scopes).toSorted()).toEqual([...rights].sort())
})

test('scopes are told by what they let somebody do', () => {
  expect(scopesInWords(['tasks:write', 'tasks:read', 'workspaces:read'])).toEqual([
    { group: 'Read', nouns: 'workspaces, tasks' },
    { group: 'Change', nouns: 'tasks' },
  ])
  expect(scopesInWords(['org:admin'])).toEqual([{ group: 'Administer', nouns: 'the organization' }])
})

test('a preset is recognised by its scopes in any order, and not by fewer or more', () => {
  expect(presetOf(['tasks:read', 'workspaces:read'])).toBe('watch')
  expect(presetOf(toggled(presets.watch, 'tasks:write'))).toBe('work')
  expect(presetOf(toggled(presets.watch, 'tasks:read'))).toBeUndefined()
  expect(presetOf([...rights])).toBeUndefined()
})

test('every choice of a form is one that the server takes', () => {
  for (const scopes of Object.values(presets)) {
    for (const { value } of expiryChoices) {
      expect(CreateOrgToken.safeParse({ scopes, expires_in_s: value }).success).toBe(true)
    }
  }
  for (const { value } of overlapChoices) expect(value).toBeLessThanOrEqual(MAX_OVERLAP_S)
  expect(CreateOrgToken.parse({})).toEqual({ scopes: presets.watch, expires_in_s: usualExpiryS })
})
