import { once } from 'node:events'
import type { StoredEvent } from '@molecule/contract/event'
import type { TaskId } from '@molecule/contract/id'
import type { OutputChunk } from '@molecule/contract/task'
import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { givenHosted } from '../testing/given-credential.ts'
import { givenExternal } from '../testing/given-external.ts'
import { type TestServer, testServer } from '../testing/test-server.ts'

type Message = {
  event: string
  seq?: number
  head?: number
  entity_id?: string
  payload?: unknown
  events?: StoredEvent[]
}

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
  const { id } = await create(server, 'b')

  await expect.poll(() => resumed.messages.map((each) => each.entity_id)).toContain(id)
  const seqs = resumed.messages.flatMap((each) => (each.entity_id ? (each.seq ?? []) : []))
  expect(seqs).toEqual(seqs.map((_, index) => seen + 1 + index))
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

test('CM-11: who shows a chat gets the whole answer, and hears what an agent says it is doing when that changes', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const watcher = await watch(server)
  const host = hostClient({ baseUrl: server.url, token: worker.host })
  const { id } = await server.client.workspaces.ask(worker.id, { text: 'work' })
  const [attempt] = (await host.lease({ capacity: 1, wait_s: 0, running: [] })).attempts
  const ref = { task_id: id, attempt: 1, fence: attempt?.fence ?? 0 }
  await host.start(ref)
  const result = 'long '.repeat(1000)
  await host.complete({ ...ref, outcome: 'completed', result })
  const scout = await givenExternal(server, { name: 'Scout' })
  const beat = (current_task: string) =>
    scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, current_task })
  const told = (event: string) =>
    watcher.messages.flatMap((each) =>
      each.event === event ? [each.payload as Record<string, unknown>] : [],
    )

  await expect
    .poll(() => told('A2A_RESPONSE'))
    .toMatchObject([{ task_id: id, response_body: result }])
  await beat('reading')
  await expect.poll(() => told('TASK_UPDATED')).toMatchObject([{ current_task: 'reading' }])
  await beat('reading')
  await beat('writing')
  await expect
    .poll(() => told('TASK_UPDATED').map((each) => each.current_task))
    .toEqual(['reading', 'writing'])
  watcher.close()
})

test('output of a task reaches those who asked for it', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const task = await server.client.workspaces.ask(worker.id, { text: 'x' })
  const [asked, other] = [await watch(server), await watch(server)]
  asked.socket.send(JSON.stringify({ type: 'subscribe', topics: [`task:${task.id}`] }))
  asked.socket.send('nonsense')

  server.services.feed.output(worker.id, [chunkOf(task.id, 'too early to be heard')])
  await expect
    .poll(() => {
      server.services.feed.output(worker.id, [chunkOf(task.id, 'hello')])
      return asked.messages.map((each) => each.event)
    })
    .toContain('TASK_OUTPUT')

  expect(other.messages.map((each) => each.event)).not.toContain('TASK_OUTPUT')
  asked.close()
  other.close()
})

test('CM-04, UI-3: nobody watches without a credential', async () => {
  const server = await testServer()

  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`)
  const [error] = await once(socket, 'error')

  expect(String(error)).toContain('401')
})

test('CM-04: a workspace sees itself, its peers and its own tasks, and nothing else', async () => {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const other = await givenHosted(server, { name: 'other' })
  const feed = await watch(server, '?since=0', worker.agent)

  await server.client.workspaces.ask(worker.id, { text: 'mine' })
  await server.client.workspaces.ask(lead.id, { text: 'of my lead' })
  await server.client.workspaces.ask(other.id, { text: 'of strangers' })

  await expect.poll(() => JSON.stringify(feed.messages)).toContain('mine')
  const told = JSON.stringify(feed.messages)
  expect(told).toContain(lead.id)
  expect(told).not.toContain(other.id)
  expect(told).not.toContain('of my lead')
  const workspaces = feed.messages
    .flatMap((each) => each.events ?? [])
    .flatMap((event) => (event.entity === 'workspace' ? [event.payload.workspace] : []))
  expect(new Set(workspaces.map(({ id }) => id))).toEqual(new Set([lead.id, worker.id]))
  expect(workspaces.find(({ id }) => id === lead.id)?.runtime_config).toEqual({})
  feed.close()
})

test('a workspace whose reach changes is told to look anew', async () => {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker' })
  await givenHosted(server, { name: 'out of reach for whoever has a lead' })
  const feed = await watch(server, '', worker.agent)
  await expect.poll(() => feed.messages.length).toBeGreaterThan(0)

  await server.client.workspaces.update(worker.id, { parent_id: lead.id })

  await expect.poll(() => feed.messages.map((each) => each.event)).toContain('reset')
  feed.close()
})

test('a workspace gets the output of its own tasks only', async () => {
  const server = await testServer()
  const [a, b] = [
    await givenHosted(server, { name: 'a' }),
    await givenHosted(server, { name: 'b' }),
  ]
  const task = await server.client.workspaces.ask(a.id, { text: 'x' })
  const [own, foreign] = [await watch(server, '', a.agent), await watch(server, '', b.agent)]
  for (const { socket } of [own, foreign])
    socket.send(JSON.stringify({ type: 'subscribe', topics: [`task:${task.id}`] }))

  await expect
    .poll(() => {
      server.services.feed.output(a.id, [chunkOf(task.id, 'hello')])
      return own.messages.map((each) => each.event)
    })
    .toContain('TASK_OUTPUT')

  expect(foreign.messages.map((each) => each.event)).not.toContain('TASK_OUTPUT')
  own.close()
  foreign.close()
})

const chunkOf = (id: TaskId, text: string): OutputChunk => ({
  task_id: id,
  attempt: 1,
  chunk: 1,
  offset: 0,
  stream: 'stdout',
  text,
  at: new Date(0).toISOString(),
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
