import { expect, test } from 'vitest'
import { givenAgent } from '../testing/given-a2a.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { givenExternal } from '../testing/given-external.ts'
import { bodyOf, refusalOf, testServer } from '../testing/test-server.ts'

/** What single clients send in a way of their own, beside the checklist they share. */
async function given() {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const asAdmin = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await server.request('POST', path, {
      headers: { authorization: `Bearer ${server.adminToken}`, ...headers },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await bodyOf<Record<string, unknown>>(answer) }
  }
  const a2a = `/workspaces/${scout.id}/a2a`
  return { server, scout, asAdmin, a2a }
}

test('RD-85: a command line asks with {agent_id, message} and reads the place of its request as a text', async () => {
  const { scout, asAdmin, a2a } = await given()

  const asked = await asAdmin(a2a, { agent_id: scout.id, message: 'look around' })

  expect(asked.status).toBe(200)
  expect(asked.body).toMatchObject({
    result: expect.stringContaining('Not answered yet'),
    status: 'queued',
    queued: true,
    queue_depth: 1,
  })
  const [row] = await bodyOf<{ summary: string; data: object }[]>(
    await scout.call('GET', `/workspaces/${scout.id}/activity?type=a2a_receive`),
  )
  expect(row).toMatchObject({
    summary: 'look around',
    data: { source: 'canvas', text: 'look around' },
  })
})

test('RD-85: a command line that waits reads {result} of work that is done, {error} of work that failed', async () => {
  const { server, agent, base, answer, begin, host } = await givenAgent()
  const ask = async () => {
    const told = await server.request('POST', `${base}/a2a`, {
      headers: { authorization: `Bearer ${server.adminToken}` },
      body: JSON.stringify({ agent_id: agent.id, message: 'dig' }),
    })
    return { status: told.status, body: await bodyOf<Record<string, unknown>>(told) }
  }

  const [done] = await Promise.all([ask(), answer('found it')])
  const fail = async () => {
    const ref = await begin()
    const reason = { code: 'broken', detail: 'The spade broke.', hint: 'Buy one.' }
    await host.complete({ ...ref, outcome: 'failed', failure: 'permanent', reason })
  }
  const [failed] = await Promise.all([ask(), fail()])

  expect(done).toMatchObject({ status: 200, body: { result: 'found it', status: 'completed' } })
  expect(failed).toMatchObject({ status: 200, body: { error: 'The spade broke. Buy one.' } })
  expect(failed.body).not.toHaveProperty('result')
})

test('RD-88: an operator tool that names no version reads the answer in result.parts; a named one is told the task alone', async () => {
  const { server, base, answer } = await givenAgent()
  const ask = async (headers: Record<string, string> = {}) => {
    const part = { type: 'text', text: 'dig' }
    const told = await server.request('POST', `${base}/a2a`, {
      headers: { authorization: `Bearer ${server.adminToken}`, ...headers },
      body: JSON.stringify({
        method: 'message/send',
        params: { message: { role: 'user', parts: [part] } },
        ...(headers['a2a-version'] ? { jsonrpc: '2.0', id: 1 } : {}),
      }),
    })
    return bodyOf<{ result: object }>(told)
  }

  const [unnamed] = await Promise.all([ask(), answer('found it')])
  const [named] = await Promise.all([ask({ 'a2a-version': '0.3' }), answer('found it')])

  const parts = [expect.objectContaining({ kind: 'text', text: 'found it' })]
  expect(unnamed.result).toMatchObject({ kind: 'task', artifacts: [{ parts }], parts })
  expect(named.result).toMatchObject({ kind: 'task', artifacts: [{ parts }] })
  expect(named.result).not.toHaveProperty('parts')
})

test('a plain message for another agent than that of the path is refused, and without a credential as everywhere', async () => {
  const { server, scout, asAdmin, a2a } = await given()
  const peer = await givenExternal(server, { name: 'Peer' })
  const plain = { agent_id: peer.id, message: 'look' }

  const wrong = await asAdmin(a2a, plain)
  const nobody = await server.request('POST', a2a, { headers: {}, body: JSON.stringify(plain) })

  expect(wrong.status).toBe(400)
  expect(wrong.body).toMatchObject({ code: 'invalid', error: expect.any(String) })
  expect(nobody.status).toBe(401)
  expect((await scout.row()).active_tasks).toBe(0)
  expect((await server.client.tasks.list()).tasks).toEqual([])
})

test('RD-86: a kit that asks by the path of its target does so in the name of its token', async () => {
  const { server, scout } = await given()
  const peer = await givenExternal(server, { name: 'Peer' })
  const ask = { task: 'dig', idempotency_key: 'a'.repeat(64) }
  const path = `/workspaces/${peer.id}/delegate`

  const first = await scout.call('POST', path, ask)
  const again = await scout.call('POST', path, ask)

  const told = await bodyOf<{ delegation_id: string }>(first)
  expect([first.status, again.status]).toEqual([202, 200])
  expect(told).toMatchObject({ status: 'delegated', target_id: peer.id })
  expect(await bodyOf(again)).toMatchObject({ delegation_id: told.delegation_id })
  expect(await server.client.tasks.get(told.delegation_id)).toMatchObject({
    caller: { kind: 'workspace', id: scout.id },
    callee_id: peer.id,
  })
})

test('RD-86: nobody delegates in the name of the workspace in the path but itself and people', async () => {
  const { server, scout, asAdmin } = await given()
  const peer = await givenExternal(server, { name: 'Peer' })
  const path = `/workspaces/${peer.id}/delegate`

  const forged = await scout.call('POST', path, { target_id: scout.id, task: 'dig' })
  const unnamed = await asAdmin(path, { task: 'dig' })
  const own = await scout.call('POST', `/workspaces/${scout.id}/delegate`, { task: 'dig' })
  const apart = await givenHosted(server, { name: 'Below', parent_id: peer.id })
  const outOfReach = await scout.call('POST', `/workspaces/${apart.id}/delegate`, { task: 'dig' })

  expect(await refusalOf(forged)).toEqual([403, 'forbidden'])
  expect(unnamed).toMatchObject({ status: 400, body: { code: 'invalid' } })
  expect(await refusalOf(own)).toEqual([400, 'invalid'])
  expect(outOfReach.status).toBe(403)
  expect((await server.client.tasks.list()).tasks).toEqual([])
})

test('RD-38, RD-88: a notice with a type and no message is answered in words, and tells nobody anything', async () => {
  const { scout } = await given()
  const notify = (body: object) => scout.call('POST', `/workspaces/${scout.id}/notify`, body)

  const typed = await notify({ type: 'delegation_complete', task_id: 'x', status: 'completed' })
  const empty = await notify({})

  expect(typed.status).toBe(200)
  expect(await bodyOf(typed)).toMatchObject({
    status: 'ignored',
    type: 'delegation_complete',
    detail: expect.stringContaining('nobody was told'),
  })
  expect(await refusalOf(empty)).toEqual([400, 'invalid'])
  expect(await bodyOf(await scout.call('GET', `/workspaces/${scout.id}/activity`))).toEqual([])
})

test('secrets are saved by POST and by PUT', async () => {
  const { server, scout } = await given()
  const save = (method: string, path: string) =>
    server.request(method, path, {
      headers: { authorization: `Bearer ${server.adminToken}` },
      body: JSON.stringify({ key: 'KEY', value: method }),
    })

  for (const path of [`/workspaces/${scout.id}/secrets`, '/settings/secrets'])
    for (const method of ['POST', 'PUT'])
      expect(await bodyOf(await save(method, path))).toMatchObject({ status: 'saved', key: 'KEY' })
})

test('RD-88: remote agents are listed with what tells how fresh they are', async () => {
  const { server, scout } = await given()
  await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, uptime_seconds: 7 })

  const heard = async () => (await scout.row()).last_heartbeat_at
  await expect.poll(heard).toEqual(expect.any(String))
  expect((await server.client.workspaces.list())[0]).toMatchObject({
    ...{ id: scout.id, name: 'Scout', runtime: 'external', status: 'online', url: null },
    ...{ tier: expect.any(Number), uptime_seconds: 7, last_heartbeat_at: expect.any(String) },
  })
})

test('RD-81: a peer that sends only X-Source-Workspace-Id is known by its token', async () => {
  const { server, scout } = await given()
  const peer = await givenHosted(server, { name: 'Peer' })
  const text = { type: 'text', text: 'hello' }
  const sent = await server.request('POST', `/workspaces/${scout.id}/a2a`, {
    headers: { authorization: `Bearer ${peer.agent}`, 'x-source-workspace-id': peer.id },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'message/send',
      params: { message: { messageId: 'm-1', parts: [text] } },
    }),
  })

  expect(sent.status).toBe(200)
  const rows = await scout.call('GET', `/workspaces/${scout.id}/activity?type=a2a_receive`)
  expect(await bodyOf(rows)).toMatchObject([
    { source_id: peer.id, data: { source: 'agent', source_id: peer.id, text: 'hello' } },
  ])
})

test('RD-82: who a peer is can be asked with a token alone', async () => {
  const server = await testServer({ env: { OUTBOUND_ALLOW: '127.0.0.1' } })
  const scout = await givenExternal(server, { name: 'Scout' })
  const called = await givenExternal(server, {
    name: 'Called',
    role: 'reviewer',
    delivery_mode: 'push',
    url: 'http://127.0.0.1:9/a2a',
  })
  await called.call('POST', '/registry/register', { id: called.id })

  const found = await scout.call('GET', `/registry/discover/${called.id}`)

  expect(await bodyOf(found)).toMatchObject({ name: 'Called', role: 'reviewer' })
})

test('RD-86: a kit without an address of its own registers to be polled, and again with its token', async () => {
  const { scout } = await given()
  const told = { id: scout.id, url: 'remote://no-inbound', agent_card: { name: 'scout' } }

  const first = await scout.call('POST', '/registry/register', told)
  const again = await scout.call('POST', '/registry/register', told)

  for (const answer of [first, again])
    expect(await bodyOf(answer)).toMatchObject({ status: 'registered', delivery_mode: 'poll' })
})
