import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { KeyFields } from './KeyFields.tsx'
import { emptyWorkspaceDraft } from './workspace-draft.ts'

const needs = [['A_KEY', 'B_KEY'], ['C_KEY']]

const shown = (names: string[] | undefined, error: unknown = null) =>
  renderToStaticMarkup(
    <KeyFields
      needs={needs}
      stored={{ value: names && new Set(names), error, reload: () => {} }}
      draft={{ ...emptyWorkspaceDraft, secrets: { B_KEY: 'sk-typed' } }}
      set={() => {}}
      chosen={{ runtime: undefined, template: undefined }}
      problemAt={(field) => (field === 'secrets.C_KEY' ? 'Too long.' : undefined)}
    />,
  )

test('a key that is stored is told, of alternatives the one that is there', () => {
  const html = shown(['B_KEY', 'C_KEY'])

  expect(html).toContain('B_KEY is stored for the organization.')
  expect(html).not.toContain('type="password"')
})

test('a key that is not stored has a field, with the one of several to choose and what is wrong with it', () => {
  const html = shown([])

  expect(html.match(/type="password"/g)).toHaveLength(2)
  expect(html).toContain('<option selected="">B_KEY</option>')
  expect(html).toContain('Too long.')
})

test('nothing is asked for before it is known what is stored, and all when that cannot be read', () => {
  expect(shown(undefined)).toBe('')
  expect(shown(undefined, new Error('no'))).toContain('could not be read')
})
