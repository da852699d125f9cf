import { CreatedWorkspace } from '@molecule/contract/registry'
import { expect, test } from 'vitest'
import { eventNames, givenExternal, statusOf } from '../testing/given-external.ts'
import { bodyOf, noFiles, refusalOf, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'

test('RD-67: an external workspace waits for its agent, and its connection is shown once', async () => {
  const server = await testServer()

  const answer = await server.request('POST', '/workspaces', {
    body: JSON.stringify({ name: 'Scout', external: true }),
  })

  const created = CreatedWorkspace.parse(await answer.json())
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([201, 'no-store'])
  expect(created).toMatchObject({
    external: true,
    status: 'awaiting_agent',
    runtime: 'external',
    backend: 'external',
    delivery_mode: 'poll',
    url: null,
    incarnation: 0,
    connection: {
      workspace_id: created.id,
      platform_url: server.url,
      auth_token: expect.stringMatching(/^mol_workspace_/),
      registry_endpoint: `${server.url}/registry/register`,
      heartbeat_endpoint: `${server.url}/registry/heartbeat`,
    },
  })
  const again = await server.request('GET', `/workspaces/${created.id}`)
  expect(await again.text()).not.toContain(created.connection?.auth_token)
  expect(await eventNames(server, created.id)).toEqual(['WORKSPACE_AWAITING_AGENT'])
})

test('RD-91: the mint of its token is in the audit log, the token is not', async () => {
  const server = await testServer()

  const { id, token } = await givenExternal(server, { name: 'Scout' })

  const rows = await server.db.selectFrom('audit').selectAll().execute()
  const mint = rows.find(({ action }) => action === 'workspace_token.create')
  expect(mint).toMatchObject({ actor: 'admin', entity: 'workspace_token' })
  expect(mint?.after).toContain(id)
  expect(JSON.stringify(rows)).not.toContain(token)
})

test('LC-33: no header of a request says where the agent connects to', async () => {
  const server = await testServer()

  const answer = await server.request('POST', '/workspaces', {
    headers: {
      authorization: `Bearer ${server.adminToken}`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
      origin: 'https://evil.example',
    },
    body: JSON.stringify({ name: 'Scout', runtime: 'external' }),
  })

  const { connection } = await bodyOf<CreatedWorkspace>(answer)
  expect(connection?.platform_url).toBe(server.url)
})

test('the agent is told the address that the server is known by outside', async () => {
  const server = await testServer({ env: { EXTERNAL_PLATFORM_URL: 'https://molecule.example/' } })
  const here = { incoming: { headers: {}, socket: { remoteAddress: '127.0.0.1' } } }

  const answer = await buildApp(server.services, noFiles).request(
    '/workspaces',
    {
      method: 'POST',
      headers: { authorization: `Bearer ${server.adminToken}` },
      body: JSON.stringify({ name: 'Scout', external: true }),
    },
    here,
  )

  expect(await answer.json()).toMatchObject({
    connection: {
      platform_url: 'https://molecule.example',
      registry_endpoint: 'https://molecule.example/registry/register',
    },
  })
})

test.each([
  ['no address to call', { external: true, delivery_mode: 'push' }, 'url_refused'],
  ['a file', { external: true, delivery_mode: 'push', url: 'file:///etc/passwd' }, 'url_refused'],
  ['LC-28: a password in it', { external: true, url: 'https://a:b@agent.example' }, 'url_refused'],
  ['an address of one that we start', { url: 'https://agent.example' }, 'invalid'],
  ['a program', { external: true, runtime_config: { command: 'cat' } }, 'invalid'],
])('%s is refused, and nothing is made', async (_, input, code) => {
  const server = await testServer()

  const answer = await server.request('POST', '/workspaces', {
    body: JSON.stringify({ name: 'Scout', ...input }),
  })

  expect(await refusalOf(answer)).toEqual([400, code])
  expect(await server.client.workspaces.list()).toEqual([])
})

test('removing an external workspace ends its token at once, and no agent brings it back', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  await scout.call('POST', '/registry/register', { id: scout.id })
  const task = await server.client.workspaces.ask(scout.id, { text: 'look around' })

  await server.client.workspaces.remove(scout.id)

  const beat = await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })
  expect(beat.status).toBe(401)
  await expect.poll(() => statusOf(server, scout.id)).toBe('removed')
  expect(await server.client.tasks.get(task.id)).toMatchObject({
    status: 'failed',
    error: { code: 'workspace_removed' },
  })
})

test('LC-16: a restart of an external workspace changes nothing, and its token goes on', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  await scout.call('POST', '/registry/register', { id: scout.id })
  const before = await scout.row()

  const after = await server.client.workspaces.restart(scout.id)

  expect(after).toEqual(before)
  const beat = await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })
  expect(beat.status).toBe(200)
})

test('CM-81: CM-82: LC-55: a task for an agent that is not there waits, and the caller is told at once', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const lead = await givenExternal(server, { name: 'Lead' })
  const message = { messageId: 'm', role: 'user', parts: [{ kind: 'text', text: 'look' }] }

  const answer = await lead.call('POST', `/workspaces/${scout.id}/a2a`, {
    jsonrpc: '2.0',
    id: 1,
    method: 'message/send',
    params: { message },
  })
  const asked = await server.client.workspaces.ask(scout.id, { text: 'and here' })
  const hurried = await server.client.workspaces.ask(scout.id, { text: 'now', deadline_s: 60 })

  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    status: 'queued',
    delivery_mode: 'poll',
    queue_depth: 1,
    result: { status: { state: 'submitted' } },
  })
  expect(asked).toMatchObject({ status: 'queued', deadline: null })
  expect(hurried.deadline).toEqual(expect.any(String))
})

test('while it is paused its token stays good, and what it reports is refused', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  await scout.call('POST', '/registry/register', { id: scout.id })
  const { generation } = await server.client.workspaces.pause(scout.id)
  await server.client.workspaces.get(scout.id, { wait_generation: generation })

  const registered = await scout.call('POST', '/registry/register', { id: scout.id })
  const heard = await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })
  const read = await scout.call('GET', `/workspaces/${scout.id}`)

  expect(await refusalOf(registered)).toEqual([409, 'not_allowed_now'])
  expect(await refusalOf(heard)).toEqual([409, 'not_allowed_now'])
  expect([read.status, (await scout.row()).status]).toEqual([200, 'paused'])
  await server.client.workspaces.resume(scout.id)
  await expect.poll(async () => (await scout.row()).status).toBe('awaiting_agent')
  await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })
  expect(await scout.row()).toMatchObject({ status: 'online', desired_state: 'running' })
})

test('of an agent elsewhere there is nothing to hibernate and no log', async () => {
  const server = await testServer()
  const { id } = await givenExternal(server, { name: 'Scout' })

  const slept = await server.request('POST', `/workspaces/${id}/hibernate?force=true`)
  const log = await server.request('GET', `/workspaces/${id}/logs`)

  expect(await bodyOf(slept)).toMatchObject({
    status: 409,
    detail: expect.stringContaining('runs elsewhere'),
  })
  expect(await bodyOf(log)).toMatchObject({
    status: 409,
    detail: expect.stringContaining('runs elsewhere'),
  })
})
