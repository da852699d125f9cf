import type { Client } from '@molecule/sdk'
import type { BrowserContext, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, newOwner, type Visitor } from './harness/browser.ts'
import { builtCanvas } from './harness/built-canvas.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

describe.skipIf(!hasChromium)('the lifecycle on the canvas', () => {
  let installation: Installation
  let client: Client
  let browser: BrowserContext
  let visitor: Visitor
  let lead: string
  let worker: string

  beforeAll(async () => {
    await builtCanvas()
    installation = await newInstallation()
    await installation.start()
    client = await installation.client()
    const runtime_config = { command: 'cat' }
    lead = (await client.workspaces.create({ name: 'Lead', runtime_config })).id
    worker = (await client.workspaces.create({ name: 'Worker', parent_id: lead, runtime_config }))
      .id
    await both('online')
    const owner = await newOwner(installation, client)
    browser = owner.browser
    visitor = owner.visitor
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.end()
  })

  const both = (status: string) =>
    until(`both are ${status}`, async () => {
      const all = await Promise.all([lead, worker].map((id) => client.workspaces.get(id)))
      return all.every((each) => each.status === status)
    })
  const button = (name: string) => visitor.page.getByRole('button', { name, exact: true })
  const openTab = (name: string) => visitor.page.getByRole('tab', { name }).click()
  const confirm = (name: string) =>
    visitor.page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
  const lines = () => visitor.page.getByTestId('log-lines')
  const textOf = async (what: Locator) => (await what.textContent()) ?? ''
  const outcome = (text: string) =>
    textOf(visitor.page.getByRole('status').filter({ hasText: text }))

  test(`${promise('R-38')} a schedule is made, run now, turned off and deleted`, async () => {
    const { page } = visitor
    await page.getByTestId(`workspace-${worker}`).click()
    await openTab('Work')
    await page.getByText('It is asked nothing by the clock.').waitFor()
    await button('Add a schedule').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What it is asked').fill('What is next?')
    await dialog.getByLabel('When').fill('99 * * * *')
    await dialog.getByLabel('Time zone').fill('Europe/Berlin')
    await dialog.getByLabel('Name').fill('stand-up')
    await confirm('Add')
    await dialog.getByText('is no schedule').waitFor()
    await dialog.getByLabel('When').fill('0 9 * * 1-5')
    await confirm('Add')
    await dialog.waitFor({ state: 'detached' })

    await button('Run stand-up now').click()
    await page.getByRole('link', { name: 'last task' }).click()
    await page.getByText('Schedule', { exact: true }).first().waitFor()
    await page.getByText('What is next?').nth(1).waitFor()

    await openTab('Work')
    await button('Turn stand-up off').click()
    await button('Turn stand-up on').waitFor()
    await button('Delete stand-up').click()
    await confirm('Delete')
    await page.getByText('It is asked nothing by the clock.').waitFor()
    expect(await client.schedules.list(worker)).toEqual([])
  })

  test('a team is paused and resumed, and says of each what became of it; its log follows its next start', async () => {
    await visitor.page.getByTestId(`workspace-${lead}`).click()
    await openTab('Logs')
    await lines().getByText('enrolled and ready').waitFor()
    await visitor.page.getByText('Following live').waitFor()
    const firstLine = await textOf(lines().locator('.log-time').first())

    await openTab('About')
    await button('Pause').click()
    await visitor.page.getByRole('dialog').getByText('Worker').waitFor()
    await confirm('Pause 2 workspaces')
    const paused = await outcome('2 workspaces paused')
    expect(paused).toContain('Lead is being stopped')
    expect(paused).toContain('Worker is being stopped')
    await both('paused')
    await openTab('Logs')
    await lines().getByText(firstLine).waitFor()
    await visitor.page.getByText('Nothing is written now').waitFor()

    await openTab('About')
    await button('Resume').click()
    await confirm('Resume')
    expect(await outcome('2 workspaces resumed')).toContain('Worker is being started')
    await openTab('Logs')
    await both('online')
    await lines().getByText('enrolled and ready').waitFor()
    await visitor.page.getByText('Following live').waitFor()
    await until('the lines are those of the new start', async () => {
      return (await lines().getByText(firstLine).count()) === 0
    })
    expect(visitor.faults).toEqual([])
  })

  test('a line of the log appears while it is watched, and waits while the log is held', async () => {
    await visitor.page.goto(`${installation.url}/canvas?sel=${lead}&tab=logs`)
    await visitor.page.getByText('Following live').waitFor()
    await button('Pause').click()
    const held = await textOf(lines())
    await client.workspaces.restart(lead)
    await visitor.page.getByText('Paused, there are new lines').waitFor()
    expect(await textOf(lines())).toBe(held)

    await button('Continue').click()
    await until('the new line is there', async () => {
      const now = await textOf(lines())
      return now !== held && now.includes('enrolled and ready')
    })
    expect(visitor.faults).toEqual([])
  })

  test('what runs is in the list of resources, leads to its workspace, and goes when it is gone', async () => {
    await both('online')
    await visitor.page.getByRole('link', { name: 'Settings', exact: true }).click()
    await visitor.page.getByRole('link', { name: 'Resources', exact: true }).click()
    const list = visitor.page.getByRole('list', { name: 'Open resources' })
    await list.getByRole('link', { name: 'Lead' }).waitFor()
    await list.getByRole('link', { name: 'Worker' }).click()
    await visitor.page.getByTestId('drawer').getByText(worker).waitFor()

    await client.workspaces.pause(worker)
    await until('it is gone', async () => {
      const { resources } = await client.admin.resources({ open: true })
      return resources.every(({ workspace_id }) => workspace_id !== worker)
    })
    await visitor.page.goBack()
    await button('Refresh').click()
    await list.getByRole('link', { name: 'Lead' }).waitFor()
    await until('it left the list', async () => {
      return (await list.getByRole('link', { name: 'Worker' }).count()) === 0
    })
    expect(visitor.faults).toEqual([])
  })

  test(`${promise('R-36')} an agent asks back in the chat, and goes on with the answer`, async () => {
    const script =
      'sed -n "s/^The answer: /on /p" | grep . || molecule question "Which **branch**?"'
    const runtime_config = { command: 'sh', args: ['-c', script] }
    const { id } = await client.workspaces.create({ name: 'Asker', runtime_config })
    const { page } = visitor
    await page.goto(`${installation.url}/canvas?sel=${id}&tab=chat`)
    await page.getByTestId('chat-input').fill('Release it')
    await page.keyboard.press('Enter')

    await page.getByText('Which branch?').waitFor()
    await page.getByText('waits for your answer').waitFor()
    await page.getByLabel('Your answer').fill('main')
    await button('Answer').click()

    await page.getByText('on main').waitFor()
    expect(await page.getByLabel('Your answer').count()).toBe(0)
  })

  test(`${promise('R-37')} a template is looked at, applied and shown on the canvas`, async () => {
    const { page } = visitor
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('link', { name: 'Templates' }).click()
    await button('Look at the plan of Help desk').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('3 to create').waitFor()
    await dialog.getByText('Technician').waitFor()
    await confirm('Create 3 workspaces')
    await dialog.getByText('0 of 3 existed, 3 created.').waitFor()
    await dialog.getByText('All of them are up.').waitFor()
    await dialog.getByRole('link', { name: 'Show them' }).click()
    await page.getByRole('heading', { name: 'Front desk', exact: true }).waitFor()
    await until('the desk is online', async () => {
      const all = await client.workspaces.list()
      return all.some(({ name, status }) => name === 'Front desk' && status === 'online')
    })
  })
})
