import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, testServer } from '../testing/test-server.ts'

test.each([
  ['a made-up token', { authorization: 'Bearer mol_admin_made-up' }],
  ['CM-01: the origin of the canvas', { origin: 'http://127.0.0.1', referer: 'http://127.0.0.1/' }],
  ['CM-02: the name of a workspace', { 'x-workspace-id': crypto.randomUUID() }],
  ['a forwarded address', { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost' }],
  ['a password', { authorization: 'Basic YWRtaW46YWRtaW4=' }],
])('%s is no credential', async (_, headers) => {
  const server = await testServer()

  const answer = await server.request('GET', '/workspaces', { headers })

  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({ code: 'unauthenticated', retryable: false })
})

test.each([
  ['tier', { tier: 4 }],
  ['parent', { parent_id: null }],
  ['configuration', { runtime_config: { command: 'sh' } }],
  ['folder', { workspace_dir: '/srv/other' }],
  ['capacity', { name: 'mine', max_concurrent_tasks: 100 }],
])('LC-04: an agent cannot change its own %s', async (_, change) => {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const before = await server.client.workspaces.get(worker.id)

  const answer = await server.request('PATCH', `/workspaces/${worker.id}`, {
    headers: { authorization: `Bearer ${worker.agent}` },
    body: JSON.stringify(change),
  })

  expect(answer.status).toBe(403)
  expect(await server.client.workspaces.get(worker.id)).toEqual(before)
})

test('an agent may change how it is shown, and nobody else', async () => {
  const server = await testServer()
  const a = await givenHosted(server, { name: 'a' })
  const b = await givenHosted(server, { name: 'b' })
  const patch = (id: string) =>
    server.request('PATCH', `/workspaces/${id}`, {
      headers: { authorization: `Bearer ${a.agent}` },
      body: JSON.stringify({ name: 'renamed', role: 'a reviewer', x: 5 }),
    })

  const [own, other] = [await patch(a.id), await patch(b.id)]

  expect([own.status, other.status]).toEqual([200, 403])
  expect(await server.client.workspaces.get(a.id)).toMatchObject({ name: 'renamed', x: 5 })
  expect(await server.client.workspaces.get(b.id)).toMatchObject({ name: 'b' })
})

test('an agent acts only in its own name, and sees only whom it may talk to', async () => {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const other = await givenHosted(server, { name: 'other' })
  const headers = { authorization: `Bearer ${worker.agent}` }
  const body = JSON.stringify({ target_id: worker.id, task: 'x' })

  const forged = await server.request('POST', `/workspaces/${lead.id}/delegate`, { headers, body })
  const inbox = await server.request('GET', `/workspaces/${lead.id}/inbox`, { headers })
  const hidden = await server.request('GET', `/workspaces/${other.id}`, { headers })
  const list = await server.request('GET', '/workspaces', { headers })

  expect([forged.status, inbox.status, hidden.status]).toEqual([403, 403, 404])
  expect((await bodyOf<{ name: string }[]>(list)).map((row) => row.name)).toEqual([
    'lead',
    'worker',
  ])
})

test('X-Workspace-ID that disagrees with the bearer is refused', async () => {
  const server = await testServer()
  const { id, agent } = await givenHosted(server, { name: 'worker' })
  const ask = (claimed: string) =>
    server.request('GET', `/workspaces/${id}`, {
      headers: { authorization: `Bearer ${agent}`, 'x-workspace-id': claimed },
    })

  expect((await ask(id)).status).toBe(200)
  expect((await ask(crypto.randomUUID())).status).toBe(403)
})

test('the tokens of a removed workspace are dead at once', async () => {
  const server = await testServer()
  const { id, agent } = await givenHosted(server, { name: 'worker' })

  await server.client.workspaces.remove(id)

  const answer = await server.request('GET', '/workspaces', {
    headers: { authorization: `Bearer ${agent}` },
  })
  expect(answer.status).toBe(401)
})

test('a task of others does not exist for an agent', async () => {
  const server = await testServer()
  const a = await givenHosted(server, { name: 'a' })
  const b = await givenHosted(server, { name: 'b' })
  const task = await server.client.workspaces.ask(a.id, { text: 'secret' })

  const own = await server.request('GET', `/tasks/${task.id}`, {
    headers: { authorization: `Bearer ${a.agent}` },
  })
  const foreign = await server.request('GET', `/tasks/${task.id}`, {
    headers: { authorization: `Bearer ${b.agent}` },
  })

  expect([own.status, foreign.status]).toEqual([200, 404])
})
