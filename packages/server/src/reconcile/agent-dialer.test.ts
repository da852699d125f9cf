import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { givenAgent } from '../testing/given-a2a.ts'
import { testServer } from '../testing/test-server.ts'

const env = { OUTBOUND_ALLOW: '127.0.0.1' }
const card = {
  '0.3': { name: 'scout', protocolVersion: '0.3.0' },
  '1.0': { name: 'scout', supportedInterfaces: [] },
} as const

/** A server that calls an agent at an address. */
async function givenCalled(url: string, version: keyof typeof card = '0.3') {
  const server = await testServer({ env })
  const { id } = await server.client.workspaces.create({
    name: 'Scout',
    external: true,
    delivery_mode: 'push',
    url,
  })
  await transact(server.db, (tx) =>
    tx
      .updateTable('workspaces')
      .set({ agentCard: card[version] } as never)
      .where('id', '=', id)
      .execute(),
  )
  const ask = (text = 'look') => server.client.workspaces.ask(id, { text })
  const taskOf = (task: string) => server.client.tasks.get(task)
  const ended = (task: string) => server.client.tasks.get(task, { wait: 20 })
  return { server, id, ask, taskOf, ended }
}

/** The agent that is called: a workspace of another server, which speaks the protocol by the official codecs. */
async function givenRemote(version: keyof typeof card) {
  const remote = await givenAgent(await testServer())
  const called = await givenCalled(`${remote.server.url}${remote.base}/a2a`, version)
  await called.server.client.secrets.workspace.save(called.id, {
    key: 'A2A_TOKEN',
    value: remote.server.adminToken,
  })
  return { ...called, remote }
}

/** An agent that answers every call the same way. */
async function givenAnswering(answer: (asked: IncomingMessage, reply: ServerResponse) => void) {
  const calls: string[] = []
  const agent = createServer((asked, reply) => {
    calls.push(asked.url ?? '')
    asked.resume()
    asked.once('end', () => answer(asked, reply))
  })
  agent.listen(0, '127.0.0.1')
  await once(agent, 'listening')
  onTestFinished(async () => {
    agent.closeAllConnections()
    await new Promise((resolve) => agent.close(resolve))
  })
  const { port } = agent.address() as AddressInfo
  return { ...(await givenCalled(`http://127.0.0.1:${port}/`)), calls, agent, port }
}

test.each(['0.3', '1.0'] as const)(
  'CM-20: RD-31: a task of an agent that wants to be called is sent to it in %s once, asked for, and its answer recorded',
  async (version) => {
    const { ask, ended, remote } = await givenRemote(version)
    const task = await ask()

    const ref = await remote.begin()
    await remote.end(ref, 'seen')

    expect(await ended(task.id)).toMatchObject({ status: 'completed', result: 'seen', attempt: 1 })
    expect(await remote.server.client.tasks.get(ref.task_id)).toMatchObject({ text: 'look' })
    expect((await remote.server.client.tasks.list()).tasks).toHaveLength(1)
  },
)

test('a cancel reaches the agent', async () => {
  const { server, ask, ended, remote } = await givenRemote('1.0')
  const task = await ask()
  const ref = await remote.begin()

  await server.client.tasks.cancel(task.id)

  expect(await ended(task.id)).toMatchObject({ status: 'canceled' })
  await expect
    .poll(async () => (await remote.server.client.tasks.get(ref.task_id)).cancel_requested_at)
    .not.toBeNull()
})

test('what the agent asks waits for an answer, which goes to the task of its own that asked', async () => {
  const { server, ask, taskOf, ended, remote } = await givenRemote('1.0')
  const task = await ask()
  const ref = await remote.begin()
  await remote.ask(ref, 'Which branch?')
  await expect.poll(async () => (await taskOf(task.id)).waiting_for).toBe('input')

  await server.client.tasks.answer(task.id, 'main')
  const next = await remote.begin()
  await remote.end(next, 'on main')

  expect(next.task_id).toBe(ref.task_id)
  expect(await ended(task.id)).toMatchObject({ status: 'completed', result: 'on main' })
})

test('a server that comes back asks for what the agent has already; nothing is sent twice', async () => {
  const { server, ask, remote } = await givenRemote('1.0')
  const task = await ask()
  const ref = await remote.begin()
  const named = async () =>
    (await server.db.selectFrom('taskAttempts').select('remoteTaskId').executeTakeFirst())
      ?.remoteTaskId
  await expect.poll(named).toBe(ref.task_id)
  await server.close()
  const again = await testServer({ env, after: server })
  await transact(again.db, (tx) =>
    tx.updateTable('taskAttempts').set({ leaseExpiresAt: 0 }).execute(),
  )

  await remote.end(ref, 'seen')

  expect(await again.client.tasks.get(task.id, { wait: 20 })).toMatchObject({
    status: 'completed',
    result: 'seen',
  })
  expect((await remote.server.client.tasks.list()).tasks).toHaveLength(1)
})

test('CM-14, RD-35: a call that breaks off after it was sent is not sent again, and says that its outcome is unknown', async () => {
  const { ask, ended, calls } = await givenAnswering((asked) => asked.socket.destroy())
  const { id } = await ask()

  expect(await ended(id)).toMatchObject({ status: 'stuck', error: { code: 'outcome_unknown' } })
  expect(calls).toHaveLength(1)
})

test('RD-74: an agent at an address hears the secret that it was given, and no credential of whoever asks', async () => {
  const heard: (string | undefined)[] = []
  const { ask, ended } = await givenAnswering((asked, reply) => {
    heard.push(asked.headers.authorization)
    reply.end('{}')
  })

  await ended((await ask()).id)

  expect(heard.length).toBeGreaterThan(0)
  expect(new Set(heard)).toEqual(new Set([undefined]))
})

test('a call that no connection stood for is made again, and costs no try', async () => {
  const { agent, port, ask, taskOf, ended } = await givenAnswering((_, reply) =>
    reply.end(completed('seen')),
  )
  await new Promise((resolve) => agent.close(resolve))
  const { id } = await ask()
  await expect.poll(async () => (await taskOf(id)).status).toBe('in_progress')
  agent.listen(port, '127.0.0.1')
  await once(agent, 'listening')

  expect(await ended(id)).toMatchObject({ status: 'completed', attempt: 1, retry_count: 0 })
})

test('CM-25: an error in an answer of status 200 is a failure with its words, not a result', async () => {
  const error = { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'no disk left' } }
  const { ask, ended } = await givenAnswering((_, reply) => reply.end(JSON.stringify(error)))
  const { id } = await ask()

  expect(await ended(id)).toMatchObject({
    status: 'failed',
    result: null,
    error: { detail: expect.stringContaining('no disk left') },
  })
})

test('RD-39: an agent that is busy is tried again; one over its limit, or without a login, is waited for', async () => {
  let status = 503
  const { server, ask, taskOf, ended, calls } = await givenAnswering((_, reply) => {
    reply.writeHead(status, { 'retry-after': '60' }).end('{}')
  })
  const busy = await ask()
  expect(await ended(busy.id)).toMatchObject({ status: 'failed', attempt: 3 })
  expect(calls).toHaveLength(3)

  status = 429
  const limited = await ask()
  await expect.poll(async () => (await taskOf(limited.id)).waiting_for).toBe('quota')
  status = 401
  await server.client.tasks.answer(limited.id)
  await expect.poll(async () => (await taskOf(limited.id)).waiting_for).toBe('auth')
  expect((await taskOf(limited.id)).waiting_reason?.hint).toContain('A2A_TOKEN')
})

test('an address that the server may not call fails at once, with the reason', async () => {
  const { server, id, ask, ended } = await givenCalled('http://127.0.0.1:9/')
  await transact(server.db, (tx) =>
    tx
      .updateTable('workspaces')
      .set({ url: 'http://169.254.169.254/' } as never)
      .where('id', '=', id)
      .execute(),
  )
  const task = await ask()

  expect(await ended(task.id)).toMatchObject({ status: 'failed', error: { code: 'url_refused' } })
})

const completed = (text: string) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    result: {
      kind: 'task',
      id: crypto.randomUUID(),
      contextId: 'c',
      status: { state: 'completed' },
      artifacts: [{ artifactId: 'a', parts: [{ kind: 'text', text }] }],
    },
  })

test.each([
  [{ text: 'seen' }, 'seen'],
  ['seen', 'seen'],
  [
    {
      parts: [
        { type: 'text', text: 'seen' },
        { kind: 'text', text: 'twice' },
      ],
    },
    'seen\ntwice',
  ],
  [{ found: 3 }, '{"found":3}'],
])('RD-87: an answer outside of JSON-RPC, %j, is what the agent says', async (result, words) => {
  const { ask, ended } = await givenAnswering((_, reply) => {
    reply.setHeader('content-type', 'application/json')
    reply.end(JSON.stringify({ status: 'ok', result }))
  })

  const task = await ask()

  expect(await ended(task.id)).toMatchObject({ status: 'completed', result: words, attempt: 1 })
})
