import { Config } from '@molecule/contract/config'
import { expect, test } from 'vitest'
import { shownTo } from '../testing/shown.tsx'
import { ConfigFiles } from './ConfigFiles.tsx'

const config = Config.parse({
  workspace_id: crypto.randomUUID(),
  version: 2,
  revision: '2-abc',
  files: { 'config.yaml': 'name: Lead', 'system-prompt.md': 'Lead well.' },
  author: 'user:ann',
  note: '',
  created_at: '2026-01-02T09:00:00.000Z',
  needs_restart: true,
  warnings: [],
})
const shown = (role: 'operator' | 'viewer') =>
  shownTo(role, <ConfigFiles config={config} onSaved={() => {}} />)

test('the files are there to choose, the first in the editor, and nothing to save yet', () => {
  const html = shown('operator')

  for (const words of ['config.yaml', 'system-prompt.md', 'name: Lead', 'Add a file'])
    expect(html).toContain(words)
  expect(html).not.toContain('Save')
  expect(html).not.toContain('readonly')
})

test('who may only read changes nothing', () => {
  const html = shown('viewer')

  expect(html).toContain('readOnly=""')
  expect(html).toContain('aria-disabled="true"')
})
