import { join } from 'node:path'
import process from 'node:process'
import type { Client } from '@molecule/sdk'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, newBrowser, newVisitor, type Visitor } from './harness/browser.ts'
import { builtCanvas } from './harness/built-canvas.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

/** Where pictures of the tab go, for those who want to look at it. */
const pictures = process.env.PICTURES

describe.skipIf(!hasChromium)('the configuration on the canvas', () => {
  let installation: Installation
  let client: Client
  let browser: BrowserContext
  let visitor: Visitor
  let reader: string

  beforeAll(async () => {
    await builtCanvas()
    installation = await newInstallation()
    await installation.start()
    client = await installation.client()
    const script = 'cat "$MOLECULE_CONFIG_DIR/system-prompt.md"'
    const runtime_config = { command: 'sh', args: ['-c', script] }
    reader = (await client.workspaces.create({ name: 'Reader', runtime_config })).id
    await online()
    browser = await newBrowser(installation, 'owner')
    visitor = await newVisitor(browser)
    await visitor.page.goto((await client.session.link({ name: 'anna', role: 'owner' })).url)
    await visitor.page.getByTestId('freshness').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.end()
  })

  const online = (generation = 0) =>
    until('it is online', async () => {
      const { status, observed_generation } = await client.workspaces.get(reader)
      return status === 'online' && observed_generation >= generation
    })
  const button = (name: string) => visitor.page.getByRole('button', { name, exact: true })
  const confirm = (name: string) =>
    visitor.page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  const look = async (name: string) => {
    if (!pictures) return
    for (const colorScheme of ['light', 'dark'] as const)
      for (const [width, height] of [
        [1280, 800],
        [390, 844],
      ] as const) {
        await visitor.page.emulateMedia({ colorScheme })
        await visitor.page.setViewportSize({ width, height })
        const path = join(pictures, `${name}-${width}-${colorScheme}.png`)
        await visitor.page.screenshot({ path, animations: 'disabled' })
      }
    await visitor.page.setViewportSize({ width: 1280, height: 800 })
  }

  test(`${promise('R-39')} a prompt is added and saved, what was changed meanwhile is not written over, and the next start reads it`, async () => {
    const { page } = visitor
    await page.getByTestId(`workspace-${reader}`).click()
    await page.getByRole('tab', { name: 'Config' }).click()
    await page.getByText('nobody has saved anything yet', { exact: false }).first().waitFor()
    expect(await page.getByLabel('Content of config.yaml').inputValue()).toContain('name: Reader')
    await look('config')

    await button('Add a file').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Path').fill('../out.md')
    await confirm('Add')
    await dialog.getByText('No part of a path may be').waitFor()
    await dialog.getByLabel('Path').fill('system-prompt.md')
    await confirm('Add')
    await page.getByLabel('Content of system-prompt.md').fill('Be brief.')
    await page.reload()
    await page.getByLabel('File').selectOption('system-prompt.md')
    expect(await page.getByLabel('Content of system-prompt.md').inputValue()).toBe('Be brief.')

    await client.config.edit(reader, { set: { effort: 'high' }, note: 'from elsewhere' })
    await page.getByText('Somebody else has changed this meanwhile').waitFor()
    await look('config-overtaken')
    await button('Keep mine on top').click()
    await page.getByLabel('Why').fill('a calmer tone')
    await button('Save').click()
    await page.getByText('Version 2, saved by user:anna').waitFor()
    await page.getByText('What is saved counts from the next start.').waitFor()
    await look('config-saved')
    const { files } = await client.config.get(reader)
    expect(files['config.yaml']).toContain('effort: high')

    await button('Restart').click()
    await confirm('Restart')
    const { generation } = await client.workspaces.get(reader)
    await online(generation)
    await page.getByText('What is saved counts from the next start.').waitFor({ state: 'detached' })
    const { id } = await client.workspaces.ask(reader, { text: 'read' })
    await until('it has answered', async () => (await client.tasks.get(id)).result === 'Be brief.')
  })

  test('an earlier version is looked at and restored', async () => {
    const { page } = visitor
    await button('Look at version 1').click()
    await page.locator('summary', { hasText: 'config.yaml' }).click()
    await page.getByText('effort: high').first().waitFor()
    await look('config-history')
    await button('Restore version 1').click()
    await confirm('Restore')

    await page.getByText('Version 3, saved by user:anna').waitFor()
    expect(await client.config.get(reader)).toMatchObject({ version: 3 })
    expect((await client.config.get(reader)).files['system-prompt.md']).toBeUndefined()
  })
})
