import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { AttachedFile } from './AttachedFile.tsx'

const shown = (uri: string) =>
  renderToStaticMarkup(<AttachedFile file={{ uri, name: 'b & c.txt' }} workspaceId="w-1" />)

test('a file that was uploaded can be saved under its name', () => {
  const html = shown('workspace:/workspace/a b.txt')

  expect(html).toContain('/workspaces/w-1/chat/download?path=workspace%3A%2Fworkspace%2Fa%20b.txt')
  expect(html).toContain('download="b &amp; c.txt"')
})

test('an address that leads elsewhere is no link', () => {
  expect(shown('javascript:alert(1)')).toBe('b &amp; c.txt')
  expect(shown('https://example.com/b.txt')).toBe('b &amp; c.txt')
})
