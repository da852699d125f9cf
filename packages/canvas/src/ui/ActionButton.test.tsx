import { expect, test } from 'vitest'
import { shownTo } from '../testing/shown.tsx'
import { ActionButton } from './ActionButton.tsx'

const button = (
  <ActionButton right="workspaces:write" icon="retry" onClick={() => {}}>
    Restart
  </ActionButton>
)

test('a button that changes something says to a viewer what it takes, and stays in reach of the keyboard', () => {
  const shown = shownTo('viewer', button)

  expect(shown).toContain('aria-disabled="true"')
  expect(shown).not.toContain(' disabled=')
  expect(shown).toContain('Takes the right workspaces:write')
})

test('it is ready for those who may use it', () => {
  const shown = shownTo('operator', button)

  expect(shown).toContain('aria-disabled="false"')
  expect(shown).not.toContain('workspaces:write')
})
