import { CreatedWorkspace } from '@molecule/contract/registry'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { revokeOfWorkspace } from '../domain/identity/credential-store.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { givenExternal, pretend, statusOf } from '../testing/given-external.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'

/** Status and code of a refusal, for short. */
const told = async (answer: Response) => [
  answer.status,
  (await bodyOf<{ code?: string }>(answer)).code,
]

const eventsOf = async (server: TestServer, id: string) =>
  (await server.client.events({ since: 0, limit: 500 })).events
    .filter((each) => each.workspace_id === id)
    .map((each) => each.event)

const credentials = async ({ db }: TestServer) =>
  (await db.selectFrom('credentials').select('id').execute()).length

test('an external workspace waits for its agent, and its connection is shown once', async () => {
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
  expect(await eventsOf(server, created.id)).toEqual(['WORKSPACE_AWAITING_AGENT'])
})

test('the mint of its token is in the audit log, the token is not', async () => {
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
  const here = { incoming: { socket: { remoteAddress: '127.0.0.1' } } }

  const answer = await buildApp(server.services, '').request(
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

  expect(await told(answer)).toEqual([400, code])
  expect(await server.client.workspaces.list()).toEqual([])
})

test('the token is minted by the create alone: no call of an agent makes another', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const before = await credentials(server)

  await scout.call('POST', '/registry/register', { id: scout.id })
  await scout.call('POST', '/registry/register', { id: scout.id })
  await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })

  expect(await credentials(server)).toBe(before)
})

test('an agent that registers is online, with its card and how it gets its work', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })

  const answer = await scout.call('POST', '/registry/register', {
    id: scout.id,
    delivery_mode: 'push',
    url: 'https://agent.example/a2a',
    agent_card: { name: 'Scout 2', skills: [] },
  })

  expect([answer.status, await answer.json()]).toEqual([
    200,
    { status: 'registered', delivery_mode: 'push' },
  ])
  expect(await scout.row()).toMatchObject({
    status: 'online',
    delivery_mode: 'push',
    url: 'https://agent.example/a2a',
    agent_card: { name: 'Scout 2', skills: [] },
    last_heartbeat_at: expect.any(String),
  })
  expect(await eventsOf(server, scout.id)).toEqual(['WORKSPACE_AWAITING_AGENT', 'WORKSPACE_ONLINE'])
})

test('what published clients send is served', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const registered = [
    { id: scout.id, delivery_mode: 'poll', agent_card: { name: 'a', description: 'b' } },
    { id: scout.id, url: 'remote://no-inbound', agent_card: { name: 'sdk' } },
    { id: scout.id, url: 'http://localhost:8000', agent_card: { name: 'runtime' } },
  ]
  const beats = [
    { workspace_id: scout.id },
    { workspace_id: scout.id, runtime_state: 'ok', uptime_seconds: 0 },
    {
      workspace_id: scout.id,
      error_rate: 0,
      sample_error: '',
      active_tasks: 0,
      current_task: '',
      uptime_seconds: 12.7,
      monthly_spend: 0,
      runtime_metadata: { capabilities: { heartbeat: true } },
    },
  ]

  for (const body of registered)
    expect(await (await scout.call('POST', '/registry/register', body)).json()).toEqual({
      status: 'registered',
      delivery_mode: 'poll',
    })
  for (const body of beats)
    expect((await scout.call('POST', '/registry/heartbeat', body)).status).toBe(200)

  expect(await scout.row()).toMatchObject({ status: 'online', agent_card: { name: 'runtime' } })
})

test('a heartbeat that names no more than its workspace brings an agent online', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })

  const answer = await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })

  expect(await answer.json()).toEqual({ status: 'ok' })
  expect(await scout.row()).toMatchObject({ status: 'online' })
})

test('LC-02: an unknown id is never made into a workspace; the token decides', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const id = crypto.randomUUID()

  const register = await scout.call('POST', '/registry/register', { id })
  const beat = await scout.call('POST', '/registry/heartbeat', { workspace_id: id })
  const card = await scout.call('POST', '/registry/update-card', {
    workspace_id: id,
    agent_card: {},
  })

  for (const answer of [register, beat, card])
    expect(await told(answer)).toEqual([403, 'forbidden'])
  expect(await server.client.workspaces.list()).toHaveLength(1)
})

test.each([
  ['LC-01, RD-96: without a token', {}],
  ['LC-03: with a made-up token', { authorization: 'Bearer mol_workspace_made-up' }],
  ['CM-02: with a name instead of a token', { 'x-workspace-id': 'ID' }],
  ['CM-01: from the origin of the canvas', { origin: 'http://127.0.0.1' }],
])('%s nobody registers, reports, or asks who may talk to whom', async (_, given) => {
  const server = await testServer()
  const { id } = await givenExternal(server, { name: 'Scout' })
  const headers = JSON.parse(JSON.stringify(given).replace('ID', id))

  for (const [method, path, body] of [
    ['POST', '/registry/register', { id }],
    ['POST', '/registry/heartbeat', { workspace_id: id }],
    ['POST', '/registry/check-access', { caller_id: id, target_id: id }],
    ['GET', `/registry/${id}/peers`, undefined],
    ['GET', `/registry/discover/${id}`, undefined],
    ['GET', `/workspaces/${id}`, undefined],
  ] as const) {
    const init = { headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    expect((await server.request(method, path, init)).status).toBe(401)
  }
})

test('CM-09: where every token is revoked, nobody may take the place of the agent', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  await transact(server.db, (tx) => revokeOfWorkspace(tx, scout.id, 1))

  const answer = await server.request('POST', '/registry/register', {
    headers: {},
    body: JSON.stringify({ id: scout.id, url: 'https://evil.example', delivery_mode: 'push' }),
  })

  expect(answer.status).toBe(401)
  expect((await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })).status).toBe(
    401,
  )
  expect(await scout.row()).toMatchObject({ status: 'awaiting_agent', url: null })
})

test.each(['paused', 'hibernated', 'hibernating', 'failed'] as const)(
  'LC-05: nothing that an agent sends revives a workspace that is %s',
  async (status) => {
    const server = await testServer()
    const scout = await givenExternal(server, { name: 'Scout' })
    // Wished for as well, so that the controller leaves it so.
    const desiredState = status === 'paused' ? 'paused' : 'hibernated'
    const failureReason = { code: 'x', detail: 'x', hint: '' }
    await pretend(server, scout.id, { status, desiredState, failureReason })

    const answers = [
      await scout.call('POST', '/registry/register', { id: scout.id }),
      await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id }),
      await scout.call('POST', '/registry/update-card', {
        workspace_id: scout.id,
        agent_card: { name: 'x' },
      }),
    ]

    for (const answer of answers) {
      expect(answer.status).toBe(409)
      expect(await answer.json()).toMatchObject({ code: 'not_allowed_now', extra: { status } })
    }
    expect(await statusOf(server, scout.id)).toBe(status)
  },
)

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

test('an agent in trouble is degraded at once, says why, and recovers by itself', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const beat = (body: object) =>
    scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, ...body })
  const seen: unknown[] = []
  const look = async () => seen.push((await scout.row()).status)

  await beat({ error_rate: 0.2 })
  await look()
  await beat({ error_rate: 0.5, sample_error: 'no quota' })
  await look()
  const degraded = await scout.row()
  await beat({ error_rate: 0.3 })
  await look()
  await beat({ error_rate: 0.05 })
  await look()
  await beat({ error_rate: 0, runtime_state: 'wedged' })
  await look()
  await beat({ error_rate: 0, runtime_state: 'ok' })
  await look()

  expect(seen).toEqual(['online', 'degraded', 'degraded', 'online', 'degraded', 'online'])
  expect(degraded).toMatchObject({
    error_rate: 0.5,
    last_runtime_error: 'no quota',
    failure_reason: { code: 'agent_errors', detail: expect.stringContaining('50 %') },
  })
  const events = (await eventsOf(server, scout.id)).slice(1)
  expect(events).toEqual([
    'WORKSPACE_ONLINE',
    'WORKSPACE_DEGRADED',
    'WORKSPACE_ONLINE',
    'WORKSPACE_DEGRADED',
    'WORKSPACE_ONLINE',
  ])
})

test('LC-15: a heartbeat without a sample blanks neither the reason nor the last error', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const beat = (body: object) =>
    scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, ...body })
  await beat({ error_rate: 0.9, sample_error: 'no quota' })

  await beat({ error_rate: 0.9, sample_error: '' })
  await beat({})
  await server.services.heartbeats.flush()

  expect(await scout.row()).toMatchObject({
    status: 'degraded',
    error_rate: 0.9,
    last_runtime_error: 'no quota',
    failure_reason: { code: 'agent_errors' },
    last_sample_error: expect.stringContaining('no quota'),
  })
})

test('what many agents report is written together, what they leave out keeps its value', async () => {
  const server = await testServer()
  const names = ['A', 'B', 'C']
  const agents = await Promise.all(names.map((name) => givenExternal(server, { name })))
  const beat = (n: number, body: object) =>
    agents[n]?.call('POST', '/registry/heartbeat', { workspace_id: agents[n]?.id, ...body })
  for (const n of [0, 1, 2]) await beat(n, { current_task: `task ${n}`, active_tasks: n })

  await beat(0, { uptime_seconds: 7, error_rate: 0.25 })
  await beat(1, { current_task: '' })
  await beat(2, { sample_error: 'x'.repeat(5000), active_tasks: 9 })
  await server.services.heartbeats.flush()

  const rows = await Promise.all(agents.map(({ row }) => row()))
  expect(rows).toMatchObject([
    { current_task: 'task 0', active_tasks: 0, uptime_seconds: 7, error_rate: 0.25 },
    { current_task: null, active_tasks: 1, uptime_seconds: null, error_rate: null },
    { current_task: 'task 2', active_tasks: 9, last_runtime_error: expect.stringMatching(/^x+…$/) },
  ])
})

test('an agent that registers anew starts with a clean slate', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  await scout.call('POST', '/registry/heartbeat', {
    workspace_id: scout.id,
    error_rate: 0.9,
    sample_error: 'no quota',
  })

  await scout.call('POST', '/registry/register', { id: scout.id })

  expect(await scout.row()).toMatchObject({
    status: 'online',
    error_rate: null,
    last_runtime_error: null,
    failure_reason: null,
    last_sample_error: null,
  })
})

test('a fresh card is stored, and watchers hear of it', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })

  const answer = await scout.call('POST', '/registry/update-card', {
    workspace_id: scout.id,
    agent_card: { name: 'Scout 3' },
  })
  const tooLarge = await scout.call('POST', '/registry/update-card', {
    workspace_id: scout.id,
    agent_card: { name: 'x'.repeat(70_000) },
  })

  expect([answer.status, await answer.json()]).toEqual([200, { status: 'updated' }])
  expect(await told(tooLarge)).toEqual([400, 'invalid'])
  expect(await scout.row()).toMatchObject({
    status: 'awaiting_agent',
    agent_card: { name: 'Scout 3' },
  })
  expect(await eventsOf(server, scout.id)).toContain('AGENT_CARD_UPDATED')
})

test('a program of a workspace that we start says how well it does, not whether it is there', async () => {
  const server = await testServer()
  const { id, agent, host } = await givenHosted(server, { name: 'worker' })
  const call = (path: string, body: object, token = agent) =>
    server.request('POST', path, {
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
  const beat = (body: object) => call('/registry/heartbeat', { workspace_id: id, ...body })

  await beat({ error_rate: 0, sample_error: 'a hiccup' })
  const starting = await server.client.workspaces.get(id)
  await call('/host/beat', { attempts: [] }, host)
  await call('/registry/register', { id, url: 'http://c:8000', agent_card: { name: 'w' } })
  const online = await server.client.workspaces.get(id)
  await beat({ runtime_state: 'wedged' })
  const wedged = await server.client.workspaces.get(id)
  await beat({ error_rate: 0 })

  expect(starting.status).toBe('provisioning')
  expect(online).toMatchObject({ status: 'online', url: null, agent_card: { name: 'w' } })
  expect(wedged).toMatchObject({ status: 'degraded', failure_reason: { code: 'agent_wedged' } })
  expect(await server.client.workspaces.get(id)).toMatchObject({ status: 'online' })
})

test('a program of an older start is fenced', async () => {
  const server = await testServer()
  const { id, agent } = await givenHosted(server, { name: 'worker' })
  await pretend(server, id, { incarnation: 8 })
  const headers = { authorization: `Bearer ${agent}` }

  const register = await server.request('POST', '/registry/register', {
    headers,
    body: JSON.stringify({ id }),
  })
  const beat = await server.request('POST', '/registry/heartbeat', {
    headers,
    body: JSON.stringify({ workspace_id: id, runtime_state: 'wedged' }),
  })

  expect(await told(register)).toEqual([409, 'fenced'])
  expect(await told(beat)).toEqual([409, 'fenced'])
})

test('a task for an agent that is not there waits, and the caller is told at once', async () => {
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
