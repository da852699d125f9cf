import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import Markdown from './Markdown.tsx'
import { safeUrl } from './safe-url.ts'

const shown = (source: string) => renderToStaticMarkup(<Markdown source={source} />)

test('an agent’s answer is Markdown with tables', () => {
  expect(shown('**12** flaws')).toContain('<strong>12</strong>')
  expect(shown('| a |\n|---|\n| 1 |')).toContain('<td>1</td>')
})

test('raw HTML stays text, and nothing is loaded from elsewhere', () => {
  expect(shown('<script>alert(1)</script>')).not.toContain('<script>')
  expect(shown('<b>x</b>')).toContain('&lt;b&gt;')
  expect(shown('![cat](https://example.org/cat.png)')).not.toContain('<img')
})

test.each([
  ['https://example.org/a', 'https://example.org/a'],
  ['mailto:a@example.org', 'mailto:a@example.org'],
  ['javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['file:///etc/passwd', undefined],
  ['vscode://open', undefined],
  ['/tasks', undefined],
])('the address %s leads to %s (UI-20)', (given, leadsTo) => {
  expect(safeUrl(given)).toBe(leadsTo)
  expect(shown(`[x](${given})`).includes('<a ')).toBe(leadsTo !== undefined)
})
