import type { Client } from '@molecule/sdk'
import type { BrowserContext, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, newBrowser, newOwner, newVisitor, type Visitor } from './harness/browser.ts'
import { builtCanvas } from './harness/built-canvas.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

describe.skipIf(!hasChromium)('people, tokens, secrets and the audit log on the canvas', () => {
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
    await visitor.page.evaluate('window.isSamePage = true')
  })
  afterAll(async () => {
    await browser?.close()
    await installation?.end()
  })

  const button = (name: string | RegExp, exact = true) =>
    visitor.page.getByRole('button', { name, exact })
  const field = (name: string) => visitor.page.getByRole('textbox', { name })
  const dialog = () => visitor.page.getByRole('dialog')
  /** From page to page as a person goes; nothing is loaded anew. */
  const open = async (...links: string[]) => {
    for (const name of links) await visitor.page.getByRole('link', { name, exact: true }).click()
  }
  const row = (text: string) => visitor.page.getByRole('listitem').filter({ hasText: text })
  const isGone = (what: Locator) => until('it is gone', async () => (await what.count()) === 0)
  const expectUnharmed = async () => {
    expect(await visitor.page.evaluate('window.isSamePage')).toBe(true)
    expect(visitor.faults).toEqual([])
  }
  const givenOnline = async (name: string) => {
    const { id } = await client.workspaces.create({ name, runtime_config: { command: 'cat' } })
    await until(`${name} is online`, async () => {
      return (await client.workspaces.get(id)).status === 'online'
    })
    return id
  }

  test(`${promise('R-27')} an owner invites a viewer, who can look and not touch, until the owner signs that browser out`, async () => {
    const watched = await givenOnline('Watched')
    await open('Settings', 'People & sessions')
    await visitor.page.getByText('This browser').waitFor()

    await button('Invite someone').click()
    await field('Name').fill('Clara')
    await visitor.page.getByRole('radio', { name: /Viewer/ }).check()
    await button('Make link').click()
    const link = await field('One-time link').inputValue()
    await button('Done').click()
    const guests = await newBrowser(installation, 'viewer')
    try {
      const guest = await newVisitor(guests)
      await guest.page.goto(link)
      await guest.page.getByTestId(`workspace-${watched}`).click()
      await guest.page.getByText('You can read along.').waitFor()
      expect(await guest.page.getByTestId('chat-input').count()).toBe(0)
      await guest.page.getByRole('link', { name: 'Settings', exact: true }).click()
      await guest.page.getByText('secrets:read').waitFor()

      await open('Organization', 'Settings')
      await button(/^Sign out Clara,/, false).click()
      await dialog().getByRole('button', { name: 'Sign out' }).click()
      await isGone(row('Clara'))

      await guest.page.reload()
      await guest.page.getByRole('heading', { name: 'Sign in' }).waitFor()
      expect(guest.faults).toEqual([])
    } finally {
      await guests.close()
    }
    await expectUnharmed()
  })

  test('a token made in the settings does what its scopes say, is rotated, and is refused once revoked', async () => {
    await open('Settings', 'Tokens')
    await button('New token').click()
    await field('Name').fill('nightly')
    await button('Make token').click()
    const first = await field('Token').inputValue()
    await button('I have stored it').click()
    const asFirst = await installation.client(first)
    expect(await asFirst.workspaces.list()).toBeInstanceOf(Array)
    await expect(
      asFirst.workspaces.create({ name: 'No', runtime_config: { command: 'cat' } }),
    ).rejects.toMatchObject({ code: 'forbidden' })

    await button('Rotate nightly').click()
    await visitor.page.getByRole('radio', { name: 'not a moment longer' }).check()
    await dialog().getByRole('button', { name: 'Rotate' }).click()
    const second = await field('Token').inputValue()
    await button('I have stored it').click()
    const asSecond = await installation.client(second)
    await expect(asFirst.workspaces.list()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await asSecond.workspaces.list()).toBeInstanceOf(Array)

    await button('Revoke nightly').click()
    await dialog().getByRole('button', { name: 'Revoke' }).click()
    await isGone(row('nightly'))
    await expect(asSecond.workspaces.list()).rejects.toMatchObject({ code: 'unauthenticated' })
    expect(await visitor.page.content()).not.toContain(second)
    await expectUnharmed()
  })

  test('a secret set in the settings reaches workspaces by a restart, and one of them overrides it', async () => {
    const id = await givenOnline('Keeper')
    const { incarnation } = await client.workspaces.get(id)
    await open('Settings', 'Secrets')
    await button('Add secret').click()
    await field('Name').fill('PATH')
    await dialog().getByText('This name is set by the platform').waitFor()
    await field('Name').fill('SHOP_KEY')
    await dialog().getByLabel('Value').fill('s3cret-for-all')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await visitor.page.getByText('SHOP_KEY is saved.').waitFor()

    await button('Restart them one after another').click()
    await until('it runs anew', async () => {
      const now = await client.workspaces.get(id)
      return now.incarnation > incarnation && now.status === 'online'
    })
    await isGone(visitor.page.getByText(/with an old value/))

    await open('Organization')
    await visitor.page.getByTestId(`workspace-${id}`).click()
    await visitor.page.getByRole('tab', { name: 'Access' }).click()
    await button('Override SHOP_KEY').click()
    await dialog().getByLabel('Value').fill('s3cret-of-one')
    await dialog().getByRole('button', { name: 'Save' }).click()
    await visitor.page.getByText('overrides global').waitFor()
    await button('Delete SHOP_KEY').click()
    await dialog().getByText('gets the global value of SHOP_KEY').waitFor()
    await dialog().getByRole('button', { name: 'Delete' }).click()
    await button('Override SHOP_KEY').waitFor()
    expect(await visitor.page.content()).not.toContain('s3cret')
    await expectUnharmed()
  })

  test('the audit log tells what was done, narrows down by an address that can be shared, and proves itself', async () => {
    const id = await givenOnline('Audited')
    await client.secrets.workspace.save(id, { key: 'AUDITED_KEY', value: 'x' })
    await open('Audit')
    const records = visitor.page.getByRole('listitem')
    await records.filter({ hasText: 'AUDITED_KEY' }).first().waitFor()

    await field('Action').fill('secret')
    await button('Apply').click()
    await until('the address tells it', () => visitor.page.url().endsWith('?action=secret'))
    await until('only secrets are left', async () => {
      const all = await records.count()
      return all > 0 && all === (await records.filter({ hasText: 'secret' }).count())
    })
    await records
      .first()
      .getByRole('button', { name: /^Record/ })
      .click()
    await visitor.page.getByText('Only records like this:').waitFor()
    await button('Verify the chain').click()
    await visitor.page.getByText('The log is intact').waitFor()

    await records
      .filter({ hasText: 'AUDITED_KEY' })
      .getByRole('link', { name: 'Audited' })
      .first()
      .click()
    await visitor.page.getByTestId('drawer').getByText(id).waitFor()
    await visitor.page.goBack()
    await until('it is back', () => visitor.page.url().endsWith('?action=secret'))
    await expectUnharmed()
  })
})
