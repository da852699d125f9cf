import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@molecule/sdk'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Installation } from './installation.ts'

const executablePath = '/usr/bin/chromium'
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const patienceMs = 60_000

export const hasChromium = existsSync(executablePath)

export type Visitor = {
  readonly page: Page
  /** What the page broke of its content security policy, and errors it threw. */
  readonly faults: readonly string[]
}

/** A browser that nobody used before, with a profile folder of its own. */
export function newBrowser({ folder }: Installation, name: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(join(folder, name), {
    executablePath,
    args: flags,
    headless: true,
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    timeout: patienceMs,
  })
}

export async function newVisitor(browser: BrowserContext): Promise<Visitor> {
  const page = await browser.newPage()
  page.setDefaultTimeout(patienceMs)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text())
  })
  return { page, faults }
}

/** Watches an attribute of an element; answers all values it has had since, in order. */
export async function attributesSeen(page: Page, testId: string, attribute: string) {
  const key = `${testId}/${attribute}`
  await page.evaluate(`{
    const seen = ((window.attributesSeen ??= {})[${JSON.stringify(key)}] = [])
    const note = () => {
      const value = document
        .querySelector('[data-testid=${JSON.stringify(testId)}]')
        ?.getAttribute(${JSON.stringify(attribute)})
      if (value && seen.at(-1) !== value) seen.push(value)
    }
    note()
    new MutationObserver(note).observe(document.body, {
      subtree: true, childList: true, attributeFilter: [${JSON.stringify(attribute)}],
    })
  }`)
  return async (): Promise<string[]> =>
    (await page.evaluate(`window.attributesSeen?.[${JSON.stringify(key)}] ?? []`)) as string[]
}

/** A person who owns the organization, signed in and before its live canvas. */
export async function newOwner(
  installation: Installation,
  client: Client,
): Promise<{ browser: BrowserContext; visitor: Visitor }> {
  const browser = await newBrowser(installation, 'owner')
  try {
    const visitor = await newVisitor(browser)
    await visitor.page.goto((await client.session.link({ name: 'anna', role: 'owner' })).url)
    await visitor.page.getByTestId('freshness').waitFor()
    return { browser, visitor }
  } catch (error) {
    await browser.close()
    throw error
  }
}
