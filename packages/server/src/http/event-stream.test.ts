import { expect, onTestFinished, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { type TestServer, testServer } from '../testing/test-server.ts'

/** Opens the stream and gathers its text. */
async function follow(server: TestServer, headers: Record<string, string> = {}, query = '') {
  const ending = new AbortController()
  onTestFinished(() => ending.abort())
  const answer = await server.request('GET', `/events${query}`, {
    signal: ending.signal,
    headers: {
      authorization: `Bearer ${server.adminToken}`,
      accept: 'text/event-stream',
      ...headers,
    },
  })
  let text = ''
  const read = async () => {
    const decoder = new TextDecoder()
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes, { stream: true })
  }
  read().catch(() => {})
  return { answer, text: () => text, ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(idOf) }
}

const idOf = (match: RegExpMatchArray) => Number(match[1])

const create = (server: TestServer, name: string) =>
  server.client.workspaces.create({ name, runtime_config: { command: 'cat' } })

test('the feed comes as server-sent events, and goes on where the last one was', async () => {
  const server = await testServer()
  await create(server, 'a')
  const first = await follow(server, {}, '?since=0')
  await expect.poll(() => first.ids().length).toBeGreaterThan(1)
  const last = first.ids()[0] ?? 0

  const resumed = await follow(server, { 'last-event-id': String(last) }, '?since=0')
  await create(server, 'b')

  await expect.poll(() => resumed.text()).toContain('"name":"b"')
  expect(first.answer.headers.get('content-type')).toContain('text/event-stream')
  expect(first.text()).toMatch(/^event: hello$/m)
  expect(resumed.ids()[0]).toBe(last + 1)
})

test('a workspace gets a filtered stream, a stranger none', async () => {
  const server = await testServer()
  const a = await givenHosted(server, { name: 'a' })
  const b = await givenHosted(server, { name: 'b' })
  const stream = await follow(server, { authorization: `Bearer ${a.agent}` })

  await server.client.workspaces.ask(b.id, { text: 'of b' })
  await server.client.workspaces.ask(a.id, { text: 'of a' })

  await expect.poll(() => stream.text()).toContain('of a')
  expect(stream.text()).not.toContain('of b')
  const nobody = await follow(server, { authorization: 'Bearer nothing' })
  expect(nobody.answer.status).toBe(401)
})

test('a page of events shows a workspace its own, and where the next page begins', async () => {
  const server = await testServer()
  const a = await givenHosted(server, { name: 'a' })
  const b = await givenHosted(server, { name: 'b' })
  await server.client.workspaces.ask(b.id, { text: 'of b' })
  await expect
    .poll(async () => JSON.stringify(await server.client.events({ since: 0, limit: 1000 })))
    .toContain('of b')

  const answer = await server.request('GET', '/events?since=0&limit=1000', {
    headers: { authorization: `Bearer ${a.agent}` },
  })

  const page = (await answer.json()) as { events: unknown[]; next: number; head: number }
  expect(JSON.stringify(page.events)).not.toContain('of b')
  expect(page.events.length).toBeGreaterThan(0)
  expect(page.next).toBe(page.head)
})
