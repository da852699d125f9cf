import { expect, test } from 'vitest'
import { shownTo } from '../testing/shown.tsx'
import { AddBelow } from './AddBelow.tsx'

const shown = (role: 'operator' | 'viewer') => shownTo(role, <AddBelow id="w" name="Lead" />)

test('it says below whom, and to those who may not, what it takes', () => {
  expect(shown('operator')).toContain('aria-label="New workspace below Lead"')
  expect(shown('viewer')).toContain('New workspace below Lead. Takes the right workspaces:write')
  expect(shown('viewer')).toContain('aria-disabled="true"')
})
