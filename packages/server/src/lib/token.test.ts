import { expect, test } from 'vitest'
import { newToken, tokenPrefix } from './token.ts'

test.each([
  ['org_token', /^mol_orgtoken_[\w-]{6}$/],
  ['workspace', /^mol_workspace_[\w-]{6}$/],
])('the prefix of a token of kind %s has six characters of its own', (kind, shape) => {
  const [one, other] = [newToken(kind), newToken(kind)]

  expect(tokenPrefix(one)).toMatch(shape)
  expect(one.startsWith(tokenPrefix(one))).toBe(true)
  expect(tokenPrefix(one)).not.toBe(tokenPrefix(other))
})

test('a random part with underscores does not count as the kind', () => {
  expect(tokenPrefix(`mol_org_abc_${'x'.repeat(39)}`)).toBe('mol_org_abc_xx')
})

test('of a short token that somebody made up a quarter is kept at the most', () => {
  expect(tokenPrefix('sixteen-letters!')).toBe('sixt')
})
