import { join } from 'node:path'
import process from 'node:process'
import type { Page } from 'playwright-core'
import type { Installation } from './installation.ts'
import { programPaths } from './program-paths.ts'

/** With UPDATE_SCREENSHOTS=1 the pictures of the documentation are taken anew. */
export const isForDocs = process.env.UPDATE_SCREENSHOTS === '1'

/** Takes the page in light and in dark; answers the two files. */
export async function screenshots(page: Page, folder: string): Promise<string[]> {
  const paths: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const path = join(folder, colorScheme === 'dark' ? 'canvas-dark.png' : 'canvas.png')
    await page.screenshot({ path, animations: 'disabled' })
    paths.push(path)
  }
  return paths
}

/** Those that are not for the documentation go with the installation. */
export const screenshotFolder = ({ folder }: Installation) =>
  isForDocs ? join(programPaths.root, 'docs/images') : folder
