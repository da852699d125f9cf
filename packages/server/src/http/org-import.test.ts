import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.ts'

const acme = `
name: Acme
description: Two of them
required_env: [API_KEY]
workspaces:
  - {name: Lead, external: true, children: [{name: Dev, external: true}]}
`

async function given(templates: Record<string, string> = { acme }) {
  const server = await testServer()
  for (const [dir, text] of Object.entries(templates)) await put(server, dir, text)
  return server
}

async function put({ dataDir }: TestServer, dir: string, text: string) {
  await mkdir(join(dataDir, 'templates', dir), { recursive: true })
  await writeFile(join(dataDir, 'templates', dir, 'org.yaml'), text)
}

test('templates of the server are listed, and one that is broken does not hide the others', async () => {
  const server = await given({ acme, broken: 'name: [', other: 'name: O\nworkspaces: [{name: A}]' })
  await symlink('/etc/passwd', join(server.dataDir, 'templates', 'other', 'link'))

  expect(await server.client.org.templates()).toEqual([
    {
      dir: 'acme',
      name: 'Acme',
      description: 'Two of them',
      workspaces: 2,
      required_env: ['API_KEY'],
      recommended_env: [],
    },
  ])
})

test('LC-34: LC-67: an import says what is missing before it makes anything; forced or with it, it makes the tree once', async () => {
  const { client, request } = await given()

  const refused = await request('POST', '/org/import', { body: JSON.stringify({ dir: 'acme' }) })
  const none = await client.workspaces.list()
  await client.secrets.global.save({ key: 'API_KEY', value: 'x' })
  const first = await client.org.import({ dir: 'acme' })
  const again = await client.org.import({ dir: 'acme' })

  expect(refused.status).toBe(412)
  expect(await refused.json()).toMatchObject({
    missing_env: ['API_KEY'],
    required_env: ['API_KEY'],
    template: 'Acme',
  })
  expect(none).toEqual([])
  expect(first).toMatchObject({ org: 'Acme', count: 2, workspaces: [{ name: 'Lead' }, {}] })
  expect(again).toMatchObject({ count: 0, workspaces: [{ skipped: true }, { skipped: true }] })
})

test.each([
  [{ dir: '../acme' }, 404],
  [{ dir: 'none' }, 404],
  [{}, 400],
  [{ dir: 'acme', template: {} }, 400],
  [{ template: { name: 'A' } }, 400],
  [{ template: { name: 'A', workspaces: [{ name: 'A', tier: 9 }] } }, 409],
])('an import of %j is refused with %i, and nothing is made', async (body, status) => {
  const { client } = await given()

  const refused = await client.org.import(body as never).catch((error) => error.problem)

  expect(refused).toMatchObject({ status })
  expect(await client.workspaces.list()).toEqual([])
})

test('a template of the server is planned and applied by its folder, and either that or files are given', async () => {
  const { client } = await given()

  const plan = await client.org.plan({ dir: 'acme' })
  const applied = await client.org.apply({ dir: 'acme', force: true })
  const both = await client.org.plan({ dir: 'acme', files: {} }).catch((error) => error.code)

  expect(plan.counts.create).toBe(2)
  expect(applied.count).toBe(2)
  expect(both).toBe('invalid')
})
