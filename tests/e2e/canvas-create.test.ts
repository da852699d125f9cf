import type { Client } from '@molecule/sdk'
import type { BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, newOwner, type Visitor } from './harness/browser.ts'
import { builtCanvas } from './harness/built-canvas.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { picture } from './harness/pictures.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

/** Its program answers with the length of the key that it was given. */
const counter = `description: counts
runtime: command
required_env: [COUNTED_KEY]
runtime_config:
  command: sh
  args: ['-c', 'printf %s "$COUNTED_KEY" | wc -c']
  required_env: [COUNTED_KEY]
`

describe.skipIf(!hasChromium)('a new workspace on the canvas', () => {
  let installation: Installation
  let client: Client
  let browser: BrowserContext
  let visitor: Visitor

  beforeAll(async () => {
    await builtCanvas()
    installation = await newInstallation()
    await installation.start()
    client = await installation.client()
    const owner = await newOwner(installation, client)
    browser = owner.browser
    visitor = owner.visitor
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.end()
  })

  const dialog = () => visitor.page.getByRole('dialog')
  const field = (name: string) => dialog().getByLabel(name, { exact: true })
  const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click()
  const drawerOf = (name: string) =>
    visitor.page.getByTestId('drawer').getByRole('heading', { name, exact: true }).waitFor()
  const named = async (name: string) => {
    const all = await client.workspaces.list()
    return all.find((each) => each.name === name) ?? expect.fail(`there is no ${name}`)
  }
  const choose = async (name: string, typed: string) => {
    await field(name).fill(typed)
    await visitor.page.keyboard.press('Enter')
  }

  test('the first one is made with the keyboard alone', async () => {
    const { page } = visitor
    await page.getByRole('main').getByRole('button', { name: 'New workspace' }).focus()
    await picture(page, 'create-empty')
    await page.keyboard.press('Enter')
    await field('Name').waitFor()
    await page.keyboard.type('Lead')
    await page.keyboard.press('Tab')
    await page.keyboard.type('leads the team')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('comm')
    await dialog().getByRole('option').first().waitFor()
    await page.keyboard.press('Escape')
    expect(await dialog().getByRole('option').count()).toBe(0)
    await page.keyboard.press('ArrowDown')
    await picture(page, 'create-runtimes')
    await page.keyboard.type('comm')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    await page.keyboard.type('cat')
    await page.keyboard.press('Enter')

    await drawerOf('Lead')
    await until('it is online', async () => (await named('Lead')).status === 'online')
    expect(await named('Lead')).toMatchObject({ role: 'leads the team', runtime: 'command' })
    expect(visitor.faults).toEqual([])
  })

  test(`${promise('R-42')} below another one, a name that is taken is mended with a click and nothing is lost`, async () => {
    const { page } = visitor
    const { id } = await named('Lead')
    await client.workspaces.create({
      ...{ name: 'Worker', parent_id: id, runtime_config: { command: 'cat' } },
    })
    await page.getByRole('button', { name: 'New workspace below Lead' }).click()
    expect(await field('Reports to').inputValue()).toBe('Lead')
    await field('Name').fill('Worker')
    await field('Role').fill('does the work')
    await field('Runtime').click()
    await dialog().getByRole('option', { name: 'Command' }).click()
    await field('Program').fill('cat')
    await press('Create workspace')
    await dialog().getByText('A workspace called "Worker" exists there already.').waitFor()
    await until('the field has the focus', () =>
      field('Name').evaluate((input) => input === input.ownerDocument.activeElement),
    )
    await picture(page, 'create-taken')
    await press('Use “Worker (2)”')
    expect(await field('Role').inputValue()).toBe('does the work')
    await press('Create workspace')

    await drawerOf('Worker (2)')
    expect(await named('Worker (2)')).toMatchObject({ parent_id: id, role: 'does the work' })
  })

  test('what was typed outlives a dialog that was closed by mistake, and a model is refused at its field', async () => {
    const { page } = visitor
    await page.getByRole('banner').getByRole('button', { name: 'New workspace' }).click()
    await field('Name').fill('Coder')
    await field('Runtime').fill('codex')
    await page.keyboard.press('Tab')
    expect(await field('Runtime').inputValue()).toBe('Codex')
    await field('Model').fill('anthropic:claude-opus-4-7')
    await field('Which key').selectOption('CODEX_API_KEY')
    await page.keyboard.press('Escape')
    await dialog().waitFor({ state: 'detached' })
    await page.getByRole('banner').getByRole('button', { name: 'New workspace' }).click()
    expect(await field('Name').inputValue()).toBe('Coder')
    await press('Create workspace')
    await dialog().getByText('is a model of anthropic', { exact: false }).waitFor()
    await picture(page, 'create-refused')

    await field('Model').fill('gpt-5')
    expect(await dialog().getByText('is a model of anthropic', { exact: false }).count()).toBe(0)
    await press('Cancel')
    await page.getByRole('banner').getByRole('button', { name: 'New workspace' }).click()
    expect(await field('Name').inputValue()).toBe('')
    await press('Cancel')
  })

  test('a key that its template needs is entered in place, and is there at its first start', async () => {
    const { page } = visitor
    await client.templates.import({ name: 'Counter', files: { 'config.yaml': counter } })
    await page.getByRole('banner').getByRole('button', { name: 'New workspace' }).click()
    await field('Name').fill('Counter')
    await field('Template').selectOption('counter')
    await field('COUNTED_KEY').fill('12345')
    await picture(page, 'create-template')
    await press('Create workspace')

    await drawerOf('Counter')
    const { id } = await named('Counter')
    await until('it is online', async () => (await named('Counter')).status === 'online')
    expect((await named('Counter')).incarnation).toBe(1)
    const task = await client.workspaces.ask(id, { text: 'count' })
    await until(
      'it has counted',
      async () => (await client.tasks.get(task.id)).result?.trim() === '5',
    )
    expect(await page.evaluate('localStorage.getItem("molecule.new-workspace")')).toBeNull()
  })

  test('one that runs elsewhere ends with how its agent joins, and the agent is seen to come', async () => {
    const { page } = visitor
    await page.getByRole('banner').getByRole('button', { name: 'New workspace' }).click()
    await field('Name').fill('Far')
    await choose('Runtime', 'external')
    await press('Create workspace')
    await dialog().getByText('Waiting for the first sign of its agent').waitFor()
    await page.keyboard.press('Escape')
    const token = await field('Token, shown only now').inputValue()
    await picture(page, 'create-external')
    const { id } = await named('Far')
    const agent = await installation.client(token)
    await agent.registry.register({ id })
    await agent.registry.heartbeat({ workspace_id: id })

    await dialog().getByText('Its agent is connected.').waitFor()
    await press('Done')
    await drawerOf('Far')
    expect(visitor.faults).toEqual([])
  })

  test('About says what runs there and what it lacks, takes the missing key, and changes the model', async () => {
    const { page } = visitor
    const { id } = await client.workspaces.create({ name: 'Coder', runtime: 'codex' })
    await page.goto(`${installation.url}/canvas?sel=${id}&tab=about`)
    const drawer = page.getByTestId('drawer')
    await drawer.getByText('OPENAI_API_KEY or CODEX_API_KEY is missing').waitFor()
    await until('it has failed', async () => (await named('Coder')).status === 'failed')
    await drawer.getByRole('button', { name: 'Store CODEX_API_KEY' }).scrollIntoViewIfNeeded()
    await picture(page, 'runtime-missing')

    await drawer.getByRole('button', { name: 'Change the model of Coder' }).click()
    await field('Model').fill('anthropic:claude-opus-4-7')
    await press('Save')
    await dialog().getByText('is a model of anthropic', { exact: false }).waitFor()
    await picture(page, 'runtime-model')
    await field('Model').fill('gpt-5')
    await press('Save')
    await drawer.getByText('gpt-5', { exact: true }).waitFor()
    expect((await named('Coder')).model).toBe('gpt-5')

    await drawer.getByLabel('CODEX_API_KEY', { exact: true }).fill('sk-none')
    await drawer.getByRole('button', { name: 'Store CODEX_API_KEY' }).click()
    await drawer.getByText('CODEX_API_KEY is there').waitFor()
    expect(await client.secrets.workspace.list(id)).toMatchObject([{ key: 'CODEX_API_KEY' }])
    await picture(page, 'runtime-there')
    expect(visitor.faults).toEqual([])
  })
})
