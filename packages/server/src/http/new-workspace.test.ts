import { expect, test } from 'vitest'
import { memoryBackend } from '../testing/memory-backend.ts'
import { bodyOf, testServer } from '../testing/test-server.ts'

const needing = {
  runtime: 'command',
  runtime_config: { command: 'cat', required_env: ['API_KEY'] },
}

test('a secret that comes with the request is there at the very first start, and in no answer', async () => {
  const backend = memoryBackend()
  const server = await testServer({ backends: [backend] })
  const { client } = server

  const made = await client.workspaces.create({
    ...{ name: 'Worker', ...needing, secrets: { API_KEY: 'sk-first' } },
  })
  await expect.poll(() => backend.started(made.id)).toEqual([1])

  const audit = await server.db.selectFrom('audit').selectAll().execute()
  const events = await server.db.selectFrom('events').selectAll().execute()
  expect(made).toMatchObject({ generation: 1 })
  expect(await client.secrets.workspace.list(made.id)).toMatchObject([
    { key: 'API_KEY', scope: 'workspace' },
  ])
  expect(audit.map(({ action }) => action)).toContain('secret.save')
  expect(JSON.stringify([made, audit, events])).not.toContain('sk-first')
})

test('a refused request stores no secret, and whose name is wrong is said', async () => {
  const server = await testServer()
  const { client } = server
  await client.workspaces.create({ name: 'Worker', runtime_config: { command: 'cat' } })

  const taken = client.workspaces.create({ name: 'Worker', ...needing, secrets: { API_KEY: 'x' } })
  await expect(taken).rejects.toMatchObject({ code: 'name_taken' })
  const wrong = client.workspaces.create({ name: 'B', ...needing, secrets: { 'no name': 'x' } })

  await expect(wrong).rejects.toMatchObject({
    problem: { code: 'invalid', fields: [{ path: 'secrets.no name' }] },
  })
  expect(await server.db.selectFrom('secrets').selectAll().execute()).toEqual([])
})

test('to bring secrets along takes the right to write them', async () => {
  const server = await testServer()
  const scopes = ['workspaces:read', 'workspaces:write'] as const
  const { auth_token } = await server.client.tokens.org.create({ name: 'ci', scopes: [...scopes] })
  const create = (body: object) =>
    server.request('POST', '/workspaces', {
      headers: { authorization: `Bearer ${auth_token}` },
      body: JSON.stringify({ name: 'Worker', ...needing, ...body }),
    })

  const refused = await create({ secrets: { API_KEY: 'x' } })

  expect(refused.status).toBe(403)
  expect(await bodyOf(refused)).toMatchObject({ extra: { missing: ['secrets:write'] } })
  expect((await create({})).status).toBe(201)
})

test('an agent that runs elsewhere finds the secrets it was made with', async () => {
  const server = await testServer()

  const { id, connection } = await server.client.workspaces.create({
    ...{ name: 'Far', external: true, secrets: { API_KEY: 'sk-far' } },
  })

  const values = await server.request('GET', `/workspaces/${id}/secrets/values`, {
    headers: { authorization: `Bearer ${connection?.auth_token}` },
  })
  expect(await values.json()).toEqual({ API_KEY: 'sk-far' })
})

test('the runtimes say which keys of their configuration must be there', async () => {
  const { client } = await testServer()

  const { runtimes } = await client.runtimes()

  const required = new Map(runtimes.map(({ id, required_config }) => [id, required_config]))
  expect(required.get('command')).toEqual(['command'])
  expect(required.get('claude-code')).toEqual([])
})
