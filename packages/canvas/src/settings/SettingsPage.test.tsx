import type { Role } from '@molecule/contract/identity'
import { expect, test } from 'vitest'
import type { Section } from '../lib/place.ts'
import { shownTo } from '../testing/shown.tsx'
import SettingsPage from './SettingsPage.tsx'

test.each<[Role, Section, string]>([
  ['operator', 'people', 'org:admin'],
  ['operator', 'tokens', 'org:admin'],
  ['operator', 'resources', 'org:admin'],
  ['viewer', 'people', 'org:admin'],
  ['viewer', 'secrets', 'secrets:read'],
])(
  'to the %s the section %s names the right %s instead of asking the server',
  (role, section, right) => {
    const page = shownTo(role, <SettingsPage section={section} />)

    expect(page).toContain('Not for your role')
    expect(page).toContain(`<code>${right}</code>`)
    expect(page).not.toContain('Loading')
  },
)

test.each<[Role, Section, string]>([
  ['owner', 'people', 'Loading sessions'],
  ['owner', 'tokens', 'Loading tokens'],
  ['owner', 'secrets', 'Loading secrets'],
  ['owner', 'resources', 'Loading resources'],
  ['operator', 'secrets', 'Loading secrets'],
])('to the %s the section %s opens', (role, section, loading) => {
  const page = shownTo(role, <SettingsPage section={section} />)

  expect(page).toContain(loading)
  expect(page).not.toContain('Not for your role')
  expect(page).not.toContain('aria-disabled="true"')
})
