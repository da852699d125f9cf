import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  attributesSeen,
  hasChromium,
  newBrowser,
  newVisitor,
  type Visitor,
} from './harness/browser.ts'
import { builtCanvas } from './harness/built-canvas.ts'
import { type HeldDemo, heldDemo } from './harness/held-demo.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { isForDocs, screenshotFolder, screenshots } from './harness/screenshots.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const pngSignature = '89504e470d0a1a0a'
const shownRepository = isForDocs ? '/tmp/corner-shop' : undefined

describe.skipIf(!hasChromium)('the canvas (needs: apt-get install chromium)', () => {
  let installation: Installation
  let demo: HeldDemo
  let browser: BrowserContext
  let visitor: Visitor

  beforeAll(async () => {
    await builtCanvas()
    installation = await newInstallation()
    demo = await heldDemo(installation, shownRepository)
    browser = await newBrowser(installation, 'profile')
    visitor = await newVisitor(browser)
    await visitor.page.goto(demo.loginLink)
    await visitor.page.evaluate('window.isSamePage = true')
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.end()
    if (shownRepository) await rm(shownRepository, { recursive: true, force: true })
  })

  const cardOf = (id: string) => visitor.page.getByTestId(`workspace-${id}`)
  const drawer = () => visitor.page.getByTestId('drawer')
  const attributeIs = (id: string, name: string, value: string) =>
    until(`${name} is ${value}`, async () => (await cardOf(id).getAttribute(name)) === value, {
      timeoutMs: 60_000,
    })
  const freshnessIs = (...states: string[]) =>
    until(`the page is ${states}`, async () => {
      const state = await visitor.page.getByTestId('freshness').getAttribute('data-state')
      return states.includes(state ?? '')
    })
  /** It was not loaded again, broke no rule of its own and threw nothing. */
  const expectUnharmed = async () => {
    expect(await visitor.page.evaluate('window.isSamePage')).toBe(true)
    expect(visitor.faults).toEqual([])
  }

  test(`${promise('R-27')} the link of the terminal logs in, and the organization shows at work, in light and dark`, async () => {
    const { page } = visitor
    for (const id of demo.specialists) await attributeIs(id, 'data-state', 'working')
    await cardOf(demo.ids['Review lead'] ?? '').click()
    await drawer()
      .getByText(/plan: .*History: asked/s)
      .waitFor()

    const pictures = await screenshots(page, screenshotFolder(installation))

    expect(page.url()).not.toContain('#')
    const [dark, light] = await Promise.all(pictures.map((path) => readFile(path)))
    expect(dark?.subarray(0, 8).toString('hex')).toBe(pngSignature)
    expect(light?.equals(dark ?? light)).toBe(false)
    await page.keyboard.press('Escape')
    await drawer().waitFor({ state: 'detached' })
    await expectUnharmed()
  })

  test(`${promise('R-14', 'R-26')} the demo runs live: the killed worker goes down and comes back, and all of it ends`, async () => {
    const history = demo.ids.History ?? ''
    const statuses = await attributesSeen(visitor.page, `workspace-${history}`, 'data-status')

    await demo.release()

    const isBack = async () => {
      const seen = await statuses()
      return seen.length > 1 && seen.at(-1) === 'online'
    }
    await until('it is back', isBack, { timeoutMs: 90_000 })
    // Its next start begins at once, so a page may draw the end of one and the start of the next as one picture.
    const shown = (await statuses()).filter((status) => status !== 'offline')
    expect(shown).toEqual(['online', 'provisioning', 'online'])
    for (const id of Object.values(demo.ids)) await attributeIs(id, 'data-state', 'idle')
    await cardOf(demo.ids['Review lead'] ?? '').click()
    await drawer().getByText('Who checked what').waitFor()
    await drawer().getByText('deploy/server.key:1').waitFor()
    await expectUnharmed()
  })

  test(`${promise('R-26')} what an agent did is in its log, and what everybody was asked on the board`, async () => {
    const { page } = visitor
    await page.locator('#tab-activity').click()
    await drawer().getByText('Answer from Secrets').waitFor()

    await page.getByRole('link', { name: 'Tasks', exact: true }).click()
    await page
      .getByRole('region', { name: 'Done' })
      .getByText('Review lead → Secrets')
      .first()
      .waitFor()

    await page.getByRole('link', { name: 'Organization', exact: true }).click()
    await cardOf(demo.ids['Review lead'] ?? '').waitFor()
    await expectUnharmed()
  })

  test(`${promise('R-26')} a chat shows the answer while it is written`, async () => {
    const client = await installation.client()
    const script = 'printf "You said: "; until [ -e go ]; do sleep 0.05; done; cat'
    const { id } = await client.workspaces.create({
      name: 'Echo',
      runtime_config: { command: 'sh', args: ['-c', script] },
    })
    await attributeIs(id, 'data-status', 'online')
    await cardOf(id).click()

    await visitor.page.getByTestId('chat-input').fill('hello, canvas')
    await visitor.page.keyboard.press('Enter')
    await drawer().getByText('hello, canvas').waitFor()
    await drawer().getByText('You said:').waitFor()
    await attributeIs(id, 'data-state', 'working')
    await writeFile(join(installation.dataDir, 'workspaces', id, 'work/go'), '')

    await drawer().getByText('You said: hello, canvas').waitFor()
    await drawer().getByText('Answered in').waitFor()
    await attributeIs(id, 'data-state', 'idle')
    await expectUnharmed()
  })

  test(`${promise('R-26')} a page whose server is killed says how old its picture is, and goes on with the next server`, async () => {
    const client = await installation.client()

    await demo.server.kill()
    await freshnessIs('reconnecting', 'stale')
    for (const id of Object.values(demo.ids)) expect(await cardOf(id).isVisible()).toBe(true)
    await installation.start(demo.options)
    const { id } = await client.workspaces.create({
      name: 'Newcomer',
      runtime_config: { command: 'cat' },
    })

    await cardOf(id).waitFor()
    await freshnessIs('live')
    await attributeIs(id, 'data-status', 'online')
    await expectUnharmed()
  })

  test(`${promise('R-27')} a link that was used already explains itself and says how to get another`, async () => {
    const stranger = await newBrowser(installation, 'another-profile')
    try {
      const { page, faults } = await newVisitor(stranger)

      await page.goto(demo.loginLink)

      await page.getByText('This link does not work').waitFor()
      await page.getByText(/this login link was used already, or is too old/i).waitFor()
      await page.getByText('molecule login').first().waitFor()
      expect(await page.getByTestId(/^workspace-/).count()).toBe(0)
      expect(faults).toEqual([])
    } finally {
      await stranger.close()
    }
  })
})
