import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settingsPage, settingsPagePath } from './docs/settings-page.ts'

/** Writes the pages that are made of the code. */
const path = join(fileURLToPath(new URL('..', import.meta.url)), settingsPagePath)
mkdirSync(dirname(path), { recursive: true })
writeFileSync(path, settingsPage())
