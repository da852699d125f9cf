import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { settings } from '../../packages/server/src/config.ts'
import { settingsPage, settingsPagePath } from './settings-page.ts'

test('the page of settings says what the schema says', async () => {
  const written = await readFile(settingsPagePath, 'utf8')

  expect(written, 'write it again with: node scripts/docs.ts').toBe(settingsPage())
})

test('every setting has its line, with what it may be and what it means', () => {
  const lines = settingsPage().split('\n')

  expect(settings.length).toBeGreaterThan(8)
  for (const { name } of settings)
    expect(lines.find((line) => line.startsWith(`| \`${name}\` |`))).toMatch(
      /^\|[^|]*\|[^|]*\| \S[^|]*\| \S[^|]*\|$/,
    )
})
