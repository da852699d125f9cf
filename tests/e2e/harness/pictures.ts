import { join } from 'node:path'
import process from 'node:process'
import type { Page } from 'playwright-core'

const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
] as const

/** Where pictures of the pages under test go, for those who want to look at them. */
const folder = process.env.PICTURES

/** The page as it is now, on screens of three sizes, in light and in dark. Without PICTURES it takes none. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!folder) return
  const before = page.viewportSize()
  for (const size of sizes)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(size)
      const path = join(folder, `${name}-${size.width}-${colorScheme}.png`)
      await page.screenshot({ path, animations: 'disabled' })
    }
  await page.emulateMedia({ colorScheme: 'light' })
  if (before) await page.setViewportSize(before)
}
