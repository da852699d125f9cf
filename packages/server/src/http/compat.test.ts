import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, testServer } from '../testing/test-server.ts'

/** What clients that were written for the reference need, in the order of their checklist. */
async function given() {
  const server = await testServer()
  const { client } = server
  const made = await client.workspaces.create({ name: 'Poller', external: true })
  const token = made.connection?.auth_token ?? ''
  const call = async (method: string, path: string, body?: unknown, as = token) => {
    const answer = await server.request(method, path, {
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: await bodyOf<Record<string, unknown>>(answer) }
  }
  const received = async (query = '') => {
    const { status, body } = await call(
      'GET',
      `/workspaces/${made.id}/activity?type=a2a_receive${query}`,
    )
    return { status, rows: body as unknown as Record<string, unknown>[] }
  }
  return { server, client, id: made.id, token, call, received }
}

/** Where pollers look for the words of a message. */
const partsOf = (row: Record<string, unknown> | undefined) =>
  (row?.request_body as { params?: { message?: { parts?: unknown } } } | null)?.params?.message
    ?.parts

/** Without a cursor the newest is first. */
const oldestFirst = <T>(rows: readonly T[]) => rows.toReversed()

const message = (text: string, part: object = { kind: 'text', text }) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'message/send',
  params: { message: { messageId: crypto.randomUUID(), role: 'user', parts: [part] } },
})

test('golden 1: an unknown cursor is answered 410, a known one strictly after it and ascending', async () => {
  const { server, id, call, received } = await given()
  for (const text of ['one', 'two', 'three'])
    await call('POST', `/workspaces/${id}/a2a`, message(text), server.adminToken)
  const all = oldestFirst((await received('&since_secs=600')).rows)

  const unknown = await received('&since_id=00000000-0000-0000-0000-000000000000&limit=1')
  const after = await received(`&since_id=${String(all[0]?.id)}`)

  expect(unknown.status).toBe(410)
  expect(after.rows.map((row) => row.summary)).toEqual(['two', 'three'])
})

test('golden 2: registering to be polled without an address echoes that, and one heartbeat brings it online', async () => {
  const { client, id, call } = await given()
  const card = { name: 'x', description: 'y' }

  const registered = await call('POST', '/registry/register', {
    ...{ id, delivery_mode: 'poll', agent_card: card },
  })
  const before = await client.workspaces.get(id)
  const beat = await call('POST', '/registry/heartbeat', { workspace_id: id })

  expect(registered).toMatchObject({ status: 200, body: { delivery_mode: 'poll' } })
  expect(['online', 'awaiting_agent']).toContain(before.status)
  expect(beat.status).toBe(200)
  expect((await client.workspaces.get(id)).status).toBe('online')
})

test('RD-42: RD-86: golden 3: a message of a person is a row without a source, with its text; what the agent says to people is none', async () => {
  const { server, id, call, received } = await given()
  await call('POST', `/workspaces/${id}/a2a`, message('hello'), server.adminToken)

  await call('POST', `/workspaces/${id}/notify`, { message: 'seen' })

  const { rows } = await received('&since_secs=600')
  expect(rows).toHaveLength(1)
  expect(rows[0]).toMatchObject({ source_id: null, method: 'message/send', workspace_id: id })
  expect(rows[0]?.data).toMatchObject({ source: 'canvas', source_id: null, text: 'hello' })
  expect(partsOf(rows[0])).toEqual([{ kind: 'text', type: 'text', text: 'hello' }])
})

test('RD-81: golden 4: a message of a peer is its own by the credential alone', async () => {
  const { server, id, call, received } = await given()
  const peer = await givenHosted(server, { name: 'Peer' })

  const sent = await call('POST', `/workspaces/${id}/a2a`, message('from a peer'), peer.agent)

  expect(sent.status).toBeLessThan(300)
  expect((await received('&since_secs=600')).rows[0]).toMatchObject({ source_id: peer.id })
})

test('RD-69: RD-85: golden 5: parts are read, and told, under "kind" and under "type"', async () => {
  const { server, id, call, received } = await given()
  const typed = { type: 'text', text: 'typed' }

  await call('POST', `/workspaces/${id}/a2a`, message('kind'), server.adminToken)
  await call('POST', `/workspaces/${id}/a2a`, message('', typed), server.adminToken)

  const { rows } = await received('&since_secs=600')
  expect(oldestFirst(rows).map(partsOf)).toEqual([
    [{ kind: 'text', type: 'text', text: 'kind' }],
    [{ kind: 'text', type: 'text', text: 'typed' }],
  ])
})

test('golden 6: the same delegation under a live key is the same one', async () => {
  const { server, id, call } = await given()
  const peer = await givenHosted(server, { name: 'Peer' })
  const body = { target_id: peer.id, task: 'dig', idempotency_key: 'a'.repeat(32) }

  const first = await call('POST', `/workspaces/${id}/delegate`, body)
  const again = await call('POST', `/workspaces/${id}/delegate`, body)

  expect([first.status, again.status].every((status) => status < 300)).toBe(true)
  expect(again.body.delegation_id).toBe(first.body.delegation_id)
})

test('RD-61: golden 7: a runtime_state of "ok" never stands in the way of recovery', async () => {
  const { client, id, call } = await given()
  await call('POST', '/registry/heartbeat', { workspace_id: id, error_rate: 0.9 })

  await call('POST', '/registry/heartbeat', {
    workspace_id: id,
    error_rate: 0,
    runtime_state: 'ok',
  })

  expect((await client.workspaces.get(id)).status).toBe('online')
})

test('golden 8: a removed workspace is answered 410, with its id, when it was removed and a hint', async () => {
  const { server, client, id, call } = await given()
  await client.workspaces.remove(id)

  const { status, body } = await call('GET', `/workspaces/${id}`, undefined, server.adminToken)

  expect(status).toBe(410)
  expect(body).toMatchObject({ id, removed_at: expect.any(String), hint: expect.any(String) })
})

test('golden 9: a credential that was rotated away is refused at its next heartbeat', async () => {
  const { client, id, call } = await given()
  await client.registry.rotate(id)

  expect((await call('POST', '/registry/heartbeat', { workspace_id: id })).status).toBe(401)
})

test('RD-66: golden 10: workspaces tell when they were heard last', async () => {
  const { client, id, call } = await given()
  await call('POST', '/registry/heartbeat', { workspace_id: id })

  const heard = async () => (await client.workspaces.get(id)).last_heartbeat_at
  await expect.poll(heard).toEqual(expect.any(String))
  expect((await client.workspaces.list())[0]).toHaveProperty('last_heartbeat_at')
})

test('a message that is too long for a list says so where it is cut, and its own entry has all of it', async () => {
  const { server, id, call, received } = await given()
  const long = 'x'.repeat(40_000)
  await call('POST', `/workspaces/${id}/a2a`, message(long), server.adminToken)

  const [listed] = (await received('&since_secs=600')).rows
  const { body: whole } = await call('GET', `/workspaces/${id}/activity/${String(listed?.id)}`)

  const [{ text = '' } = {}] = partsOf(listed) as { text?: string }[]
  expect(text.length).toBeLessThan(33_000)
  expect(text).toContain(`[Cut here. GET /workspaces/${id}/activity/${String(listed?.id)}`)
  expect(partsOf(whole)).toEqual([{ kind: 'text', type: 'text', text: long }])
})

test('golden 12: a message that is sent again after a time-out is one message', async () => {
  const { server, id, call, received } = await given()
  const sent = message('once')

  const first = await call('POST', `/workspaces/${id}/a2a`, sent, server.adminToken)
  const again = await call('POST', `/workspaces/${id}/a2a`, sent, server.adminToken)

  expect([first.status, again.status].every((status) => status < 300)).toBe(true)
  expect((await received('&since_secs=600')).rows).toHaveLength(1)
})
