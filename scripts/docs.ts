import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compatibilityPage, compatibilityPagePath } from './docs/compatibility/page.ts'
import { orgSchema, orgSchemaPath } from './docs/org-schema.ts'
import { settingsPage, settingsPagePath } from './docs/settings-page.ts'

/** Writes what is made of the code. */
const pages = [
  [settingsPagePath, settingsPage()],
  [orgSchemaPath, orgSchema()],
  [compatibilityPagePath, compatibilityPage()],
] as const
for (const [name, text] of pages) {
  const path = join(fileURLToPath(new URL('..', import.meta.url)), name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}
