import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { DiffView } from './DiffView.tsx'

const shown = (before: Record<string, string>, after: Record<string, string>) =>
  renderToStaticMarkup(
    <DiffView
      before={before}
      after={after}
      paths={[...new Set([...Object.keys(before), ...Object.keys(after)])]}
    />,
  )

test('what is added and what is removed are told apart without their colour', () => {
  const html = shown({ 'a.md': 'old\n' }, { 'a.md': 'new\n' })

  expect(html).toMatch(/<del[^>]*>old\n<\/del>/)
  expect(html).toMatch(/<ins[^>]*>new\n<\/ins>/)
  expect(html).toContain('What changes in a.md')
})

test('a file that is new or gone is called so, and an empty one has no lines', () => {
  const html = shown({ 'gone.md': 'x' }, { 'new.md': '' })

  expect(html).toContain('file removed')
  expect(html).toContain('new file')
  expect(html).toContain('An empty file.')
})

test('of a large difference the first lines are drawn, and how many are not', () => {
  const text = Array.from({ length: 1000 }, (_, n) => `${n}\n`).join('')

  const html = shown({}, { 'a.md': text })

  expect(html.match(/<ins/g)).toHaveLength(600)
  expect(html).toContain('400 more lines are left out here.')
})
