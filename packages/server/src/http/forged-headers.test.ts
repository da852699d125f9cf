import { once } from 'node:events'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, noFiles, type TestServer, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'
import { policy, ruleOf } from './policy.ts'

/** All that a program can claim about itself without a credential. */
const claims = (server: TestServer, workspaceId: string): Record<string, string> => ({
  origin: server.url,
  referer: `${server.url}/canvas`,
  'sec-fetch-site': 'same-origin',
  'x-workspace-id': workspaceId,
  'x-molecule-org-id': server.installation.orgId,
  'fly-replay-src': `state=${server.installation.orgId}`,
  'x-forwarded-for': '127.0.0.1',
  'x-forwarded-host': 'localhost',
  'x-forwarded-proto': 'https',
  forwarded: 'for=127.0.0.1',
  'x-real-ip': '127.0.0.1',
})

/** What the server answers to an attempt to open the live feed. */
async function knock(server: TestServer, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, { headers })
  const [event] = await Promise.race([
    once(socket, 'open').then(() => [101]),
    once(socket, 'unexpected-response').then(([, answer]) => [answer.statusCode]),
  ])
  socket.on('error', () => {})
  socket.terminate()
  return event
}

async function signIn(server: TestServer) {
  const { url } = await server.client.session.link()
  const body = JSON.stringify({ token: new URL(url).hash.slice(1) })
  const answer = await server.request('POST', '/auth/login', { headers: {}, body })
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(answer)
  return { cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '', csrf_token }
}

test('CM-01, RD-107, UI-2: no route takes a claim for a credential', async () => {
  const server = await testServer()
  const { id } = await givenHosted(server, { name: 'worker' })
  const routes = buildApp(server.services, noFiles).routes.filter(
    ({ method, path }) =>
      `${method} ${path}` in policy && !('public' in ruleOf(`${method} ${path}` as never)),
  )

  const answers = await Promise.all(
    routes.map(async ({ method, path }) => {
      const url = path.replaceAll(/(?<=\/):\w+/g, id)
      const answer = await server.request(method, url, { headers: claims(server, id) })
      return { route: `${method} ${path}`, status: answer.status }
    }),
  )

  expect(answers.length).toBeGreaterThan(20)
  expect(answers.filter(({ status }) => status !== 401)).toEqual([])
})

test('CM-04, UI-3: the live feed takes no claim for a credential', async () => {
  const server = await testServer()
  const { id } = await givenHosted(server, { name: 'worker' })

  expect(await knock(server, {})).toBe(401)
  expect(await knock(server, claims(server, id))).toBe(401)
  expect(await knock(server, { ...claims(server, id), authorization: 'Bearer x' })).toBe(401)
})

test('CM-04, UI-3: a session opens the live feed from the page of the server, and from no other', async () => {
  const friend = 'https://app.example'
  const server = await testServer({ env: { CORS_ORIGINS: friend } })
  const { cookie } = await signIn(server)

  const statuses: Record<string, number> = {}
  for (const origin of [server.url, friend, 'https://evil.example', 'null', `${friend}.evil`])
    statuses[origin] = await knock(server, { cookie, origin })

  expect(statuses).toEqual({
    [server.url]: 101,
    [friend]: 101,
    'https://evil.example': 403,
    null: 403,
    [`${friend}.evil`]: 403,
  })
  expect(await knock(server, { cookie })).toBe(403)
  expect(
    await knock(server, {
      cookie,
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
    }),
  ).toBe(403)
})

test('CM-98: the live feed of another org is not there', async () => {
  const server = await testServer()
  const authorization = `Bearer ${server.adminToken}`

  expect(await knock(server, { authorization, 'x-molecule-org-id': crypto.randomUUID() })).toBe(404)
  expect(
    await knock(server, { authorization, 'x-molecule-org-id': server.installation.orgId }),
  ).toBe(101)
})

test('the live feed is counted like any request', async () => {
  const server = await testServer({ env: { RATE_LIMIT: '1' } })

  expect(await knock(server, {})).toBe(401)
  expect(await knock(server, {})).toBe(429)
})

test('CM-08: claims add nothing to a session: a change needs its CSRF token', async () => {
  const server = await testServer()
  const { cookie, csrf_token } = await signIn(server)
  const { 'x-workspace-id': _, ...claimed } = claims(server, crypto.randomUUID())
  const create = (headers: Record<string, string>) =>
    server.request('POST', '/workspaces', {
      headers: { ...claimed, cookie, ...headers },
      body: '{"name":"x","runtime_config":{"command":"cat"}}',
    })

  expect((await create({})).status).toBe(403)
  expect((await create({ 'x-csrf-token': csrf_token })).status).toBe(201)
})
