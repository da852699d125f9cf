import { once } from 'node:events'
import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { givenHosted } from '../testing/given-credential.ts'
import { type TestServer, testServer } from '../testing/test-server.ts'

type Message = { event: string; seq?: number; head?: number; entity_id?: string }

/** Opens the feed and gathers what comes. */
async function watch(server: TestServer, query = '', token = server.adminToken) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws${query}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const messages: Message[] = []
  socket.on('message', (data) => messages.push(JSON.parse(String(data))))
  await once(socket, 'open')
  const seqs = () => messages.flatMap((each) => each.seq ?? [])
  return { socket, messages, seqs, close: () => socket.terminate() }
}

const create = (server: TestServer, name: string) =>
  server.client.workspaces.create({ name, runtime_config: { command: 'cat' } })

test('a watcher is greeted, and gets every change in order', async () => {
  const server = await testServer()
  const feed = await watch(server)

  for (const name of ['a', 'b', 'c']) await create(server, name)

  await expect.poll(() => feed.messages.filter((each) => each.entity_id).length).toBeGreaterThan(5)
  expect(feed.messages[0]).toMatchObject({ event: 'hello', epoch: expect.any(String) })
  const seqs = feed.seqs()
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index))
  feed.close()
})

test('CM-56: a watcher that was away resumes where it was, without a gap and without a repeat', async () => {
  const server = await testServer()
  const whole = await watch(server, '?since=0')
  await create(server, 'a')
  await expect.poll(() => whole.seqs().length).toBeGreaterThan(2)
  const seen = whole.seqs()[1] ?? 0

  const resumed = await watch(server, `?since=${seen}`)
  await create(server, 'b')

  await expect.poll(() => resumed.seqs().at(-1)).toBe((await server.client.snapshot()).seq)
  expect(resumed.seqs()[0]).toBe(seen + 1)
  expect(new Set(resumed.seqs()).size).toBe(resumed.seqs().length)
  whole.close()
  resumed.close()
})

test('a position from the future, of another database, is answered with a reset', async () => {
  const server = await testServer()

  const feed = await watch(server, '?since=999999')

  await expect.poll(() => feed.messages.map((each) => each.event)).toContain('reset')
  feed.close()
})

test('heartbeats of hosts reach watchers, unstored', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const feed = await watch(server)
  const host = hostClient({ baseUrl: server.url, token: worker.host })

  await host.beat({ attempts: [] })

  await expect.poll(() => feed.messages.map((each) => each.event)).toContain('WORKSPACE_HEARTBEAT')
  const beat = feed.messages.find((each) => each.event === 'WORKSPACE_HEARTBEAT')
  expect(beat).toMatchObject({ entity_id: worker.id, payload: { active_tasks: 0 } })
  expect(beat?.seq).toBeUndefined()
  feed.close()
})

test('output of a task reaches those who asked for it', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const task = await server.client.workspaces.ask(worker.id, { text: 'x' })
  const [asked, other] = [await watch(server), await watch(server)]
  asked.socket.send(JSON.stringify({ type: 'subscribe', topics: [`task:${task.id}`] }))
  asked.socket.send('nonsense')

  server.services.feed.output(worker.id, [
    {
      task_id: task.id,
      attempt: 1,
      chunk: 0,
      offset: 0,
      stream: 'stdout',
      text: 'too early to be heard',
      at: new Date(0).toISOString(),
    },
  ])
  await expect
    .poll(() => {
      server.services.feed.output(worker.id, [
        {
          task_id: task.id,
          attempt: 1,
          chunk: 1,
          offset: 0,
          stream: 'stdout',
          text: 'hello',
          at: new Date(0).toISOString(),
        },
      ])
      return asked.messages.map((each) => each.event)
    })
    .toContain('TASK_OUTPUT')

  expect(other.messages.map((each) => each.event)).not.toContain('TASK_OUTPUT')
  asked.close()
  other.close()
})

test.each([
  ['nobody', () => ({}), 401],
  ['an agent', (agent: string) => ({ authorization: `Bearer ${agent}` }), 403],
])('the feed is shut to %s', async (_, headers, status) => {
  const server = await testServer()
  const { agent } = await givenHosted(server, { name: 'worker' })

  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, {
    headers: headers(agent),
  })
  const [error] = await once(socket, 'error')

  expect(String(error)).toContain(String(status))
})

test('CM-08: a watcher whose credential is revoked is sent away', async () => {
  const server = await testServer()
  const { id, auth_token } = await server.client.tokens.org.create({})
  const feed = await watch(server, '', auth_token)
  const other = await watch(server)
  const closed = once(feed.socket, 'close')

  await server.client.tokens.org.revoke(id)

  expect((await closed)[0]).toBe(4003)
  expect(other.socket.readyState).toBe(WebSocket.OPEN)
  other.close()
})
