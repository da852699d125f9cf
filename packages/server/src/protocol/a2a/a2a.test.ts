import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { givenHosted } from '../../testing/given-credential.ts'
import { bodyOf, type TestServer, testServer } from '../../testing/test-server.ts'

const message = (text: string, more: object = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'message/send',
  params: { message: { role: 'user', parts: [{ kind: 'text', text }], ...more } },
})

const send = (server: TestServer, id: string, body: object, headers: Record<string, string> = {}) =>
  server.request('POST', `/workspaces/${id}/a2a`, {
    headers: { authorization: `Bearer ${server.adminToken}`, ...headers },
    body: JSON.stringify(body),
  })

/** Does the next task of a workspace, as its host would. */
async function answerOne(server: TestServer, token: string, result: string) {
  const host = hostClient({ baseUrl: server.url, token })
  const { attempts } = await host.lease({ capacity: 1, wait_s: 10, running: [] })
  const [leased] = attempts
  if (!leased) throw new Error('nothing was leased')
  const { task_id, attempt, fence } = leased
  await host.start({ task_id, attempt, fence })
  await host.complete({ task_id, attempt, fence, outcome: 'completed', result })
  return leased
}

test('message/send answers with the result when it comes in time', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })

  const [leased, answer] = await Promise.all([
    answerOne(server, worker.host, 'HELLO'),
    send(server, worker.id, message('hello')),
  ])

  expect(leased.text).toBe('hello')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    jsonrpc: '2.0',
    id: 1,
    result: {
      kind: 'task',
      status: { state: 'completed' },
      artifacts: [{ parts: [{ kind: 'text', text: 'HELLO' }] }],
    },
  })
})

test('RD-76: a path in an answer is text, and no file is handed out for it', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const told = 'It is in /workspace/secrets.txt, see file:///etc/passwd.'

  const [, answer] = await Promise.all([
    answerOne(server, worker.host, told),
    send(server, worker.id, message('hello')),
  ])

  const { result } = (await answer.json()) as { result: { artifacts: unknown[] } }
  expect(result.artifacts).toMatchObject([{ parts: [{ kind: 'text', text: told }] }])
  expect(JSON.stringify(result)).not.toContain('"kind":"file"')
})

test('CM-23: otherwise it answers 202 with the accepted task and the depth of its queue; 200 to a caller that names its version', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })

  const answer = await send(server, worker.id, message('hello'), { 'x-timeout': '0' })
  const versioned = await send(server, worker.id, message('again'), {
    'x-timeout': '0',
    'a2a-version': '0.3',
  })

  expect([answer.status, versioned.status]).toEqual([202, 200])
  expect(await answer.json()).toMatchObject({
    result: { status: { state: 'submitted' } },
    queued: true,
    queue_depth: 1,
    status: 'queued',
    delivery_mode: 'pull',
  })
})

test('the same message id is one task', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const ask = async () => {
    const body = message('x', { messageId: 'm' })
    const answer = await send(server, worker.id, body, { 'x-timeout': '0' })
    return (await bodyOf<{ result: { id: string } }>(answer)).result.id
  }

  expect(await ask()).toBe(await ask())
})

test('CM-21: bare and typed text parts mean the same; a message without text is refused with the field', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const parts = [{ text: 'a' }, { type: 'text', text: 'b' }, { kind: 'text', text: 'c' }]

  const [leased] = await Promise.all([
    answerOne(server, worker.host, 'ok'),
    send(server, worker.id, message('', { parts })),
  ])
  const nonsense = await send(server, worker.id, message('', { parts: [{ kind: 'text' }] }))

  expect(leased.text).toBe('a\nb\nc')
  expect(await nonsense.json()).toMatchObject({
    error: { code: -32602, message: expect.stringContaining('params.message.parts.0.text') },
  })
})

test('an unknown method and an unknown workspace are JSON-RPC errors', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })

  const method = await send(server, worker.id, { ...message('x'), method: 'nothing' })
  const workspace = await send(server, crypto.randomUUID(), message('x'))

  expect(await method.json()).toMatchObject({ error: { code: -32601 } })
  expect(await workspace.json()).toMatchObject({ error: { code: -32001 } })
})

test('CM-34: CM-13: the task goes on when its caller hangs up', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const caller = new AbortController()
  const asking = server.request('POST', `/workspaces/${worker.id}/a2a`, {
    headers: { authorization: `Bearer ${server.adminToken}` },
    body: JSON.stringify(message('slow')),
    signal: caller.signal,
  })
  await expect.poll(async () => (await server.client.tasks.list()).tasks.length).toBe(1)

  caller.abort()
  await expect(asking).rejects.toThrow()
  await answerOne(server, worker.host, 'done all the same')

  const { tasks } = await server.client.tasks.list()
  expect(tasks).toMatchObject([{ status: 'completed', result_preview: 'done all the same' }])
})
