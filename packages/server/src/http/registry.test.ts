import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { revokeOfWorkspace } from '../domain/identity/credential-store.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { eventNames, givenExternal, pretend, statusOf } from '../testing/given-external.ts'
import { bodyOf, refusalOf, type TestServer, testServer } from '../testing/test-server.ts'

const credentials = async ({ db }: TestServer) =>
  (await db.selectFrom('credentials').select('id').execute()).length

test('the token is minted by the create alone: no call of an agent makes another', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const before = await credentials(server)

  await scout.call('POST', '/registry/register', { id: scout.id })
  await scout.call('POST', '/registry/register', { id: scout.id })
  await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })

  expect(await credentials(server)).toBe(before)
})

test('RD-54: an agent that registers is online, with its card and how it gets its work', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })

  const answer = await scout.call('POST', '/registry/register', {
    id: scout.id,
    delivery_mode: 'push',
    url: 'https://93.184.216.34/a2a',
    agent_card: { name: 'Scout 2', skills: [] },
  })

  expect([answer.status, await answer.json()]).toEqual([
    200,
    { status: 'registered', delivery_mode: 'push' },
  ])
  expect(await scout.row()).toMatchObject({
    status: 'online',
    delivery_mode: 'push',
    url: 'https://93.184.216.34/a2a',
    agent_card: { name: 'Scout 2', skills: [] },
    last_heartbeat_at: expect.any(String),
  })
  expect(await eventNames(server, scout.id)).toEqual([
    'WORKSPACE_AWAITING_AGENT',
    'WORKSPACE_ONLINE',
  ])
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
    expect(await refusalOf(answer)).toEqual([403, 'forbidden'])
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
    // Wished for as well: then the controller leaves it so, or brings it to the rest that is wished.
    const desiredState = status === 'paused' ? 'paused' : 'hibernated'
    const atRest = [status, desiredState]
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
      const refusal = await bodyOf<{ code: string; extra: { status: string } }>(answer)
      expect(refusal.code).toBe('not_allowed_now')
      expect(atRest).toContain(refusal.extra.status)
    }
    expect(atRest).toContain(await statusOf(server, scout.id))
  },
)

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
  expect(await refusalOf(tooLarge)).toEqual([400, 'invalid'])
  expect(await scout.row()).toMatchObject({
    status: 'awaiting_agent',
    agent_card: { name: 'Scout 3' },
  })
  expect(await eventNames(server, scout.id)).toContain('AGENT_CARD_UPDATED')
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

  expect(await refusalOf(register)).toEqual([409, 'fenced'])
  expect(await refusalOf(beat)).toEqual([409, 'fenced'])
})
