import type { Client } from '@molecule/sdk'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, newOwner, type Visitor } from './harness/browser.ts'
import { builtCanvas } from './harness/built-canvas.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { picture } from './harness/pictures.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

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
    const owner = await newOwner(installation, client)
    browser = owner.browser
    visitor = owner.visitor
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
  test(`${promise('R-39')} a prompt is added and saved, what was changed meanwhile is not written over, and the next start reads it`, async () => {
    const { page } = visitor
    await page.getByTestId(`workspace-${reader}`).click()
    await page.getByRole('tab', { name: 'Config' }).click()
    await page.getByText('nobody has saved anything yet', { exact: false }).first().waitFor()
    expect(await page.getByLabel('Content of config.yaml').inputValue()).toContain('name: Reader')
    await picture(page, 'config')

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
    await button('See the difference').click()
    const difference = page.getByRole('region', { name: 'What changes in system-prompt.md' })
    await difference.getByText('Be brief.').waitFor()
    await difference.getByText('new file').waitFor()
    await button('Take theirs').click()
    await page.getByRole('dialog').getByText('system-prompt.md are lost').waitFor()
    await confirm('Cancel')
    await picture(page, 'config-overtaken')
    await button('Keep mine on top').click()
    await page.getByLabel('Why').fill('a calmer tone')
    await button('Save').click()
    await page.getByText('Version 2, saved by user:anna').waitFor()
    await page.getByText('What is saved counts from the next start.').waitFor()
    await picture(page, 'config-saved')
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

  test('what each version changed is seen, and what restoring one would', async () => {
    const { page } = visitor
    await button('What version 1 changed').click()
    const change = page.getByRole('region', { name: 'What changes in config.yaml' })
    await change.getByText('effort: high').waitFor()
    await button('Hide what version 1 changed').click()
    await button('What version 2 changed').click()
    const added = page.getByRole('region', { name: 'What changes in system-prompt.md' })
    await added.getByText('Be brief.').waitFor()
    await picture(page, 'config-history')
    await button('Restore version 1').click()
    await page.getByRole('dialog').getByText('file removed').waitFor()
    await picture(page, 'config-restore')
    await confirm('Restore')

    await page.getByText('Version 3, saved by user:anna').waitFor()
    expect(await client.config.get(reader)).toMatchObject({ version: 3 })
    expect((await client.config.get(reader)).files['system-prompt.md']).toBeUndefined()
  })

  test('a refusal stands at its file and line, and what is typed outlives the drawer and a reload', async () => {
    const { page } = visitor
    const editor = page.getByLabel('Content of config.yaml')
    const former = await editor.inputValue()
    await editor.fill(`${former}tier: [\n`)
    await page.getByLabel('Why').fill('a try')
    await page.getByLabel('File').selectOption({ index: 0 })
    await button('Save').click()
    await page.getByText(/^Line \d+, column \d+: /).waitFor()
    expect(await editor.getAttribute('aria-invalid')).toBe('true')
    await until('the editor has the focus', () =>
      editor.evaluate((area) => area === area.ownerDocument.activeElement),
    )
    await picture(page, 'config-refused')

    await page.keyboard.press('Escape')
    await page.getByTestId('drawer').waitFor({ state: 'detached' })
    await page.goto(`${installation.url}/canvas?sel=${reader}&tab=config`)
    expect(await editor.inputValue()).toContain('tier: [')
    expect(await page.getByLabel('Why').inputValue()).toBe('a try')
    await editor.fill(former.replace(/^tier: .*$/m, 'tier: 2'))
    await button('Save').click()
    await page.getByText('Version 4, saved by user:anna').waitFor()
    await page.getByText('a try').waitFor()

    await editor.fill('nothing')
    await button('Discard changes').click()
    await confirm('Cancel')
    expect(await editor.inputValue()).toBe('nothing')
    await button('Discard changes').click()
    await confirm('Discard changes')
    expect(await editor.inputValue()).toContain('tier: 2')
    expect(visitor.faults).toEqual([])
  })
})
