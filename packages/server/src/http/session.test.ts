import type { CreateLoginLink } from '@molecule/contract/identity'
import { moleculeClient } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const tokenOf = (url: string) => new URL(url).hash.slice(1)

async function login(server: TestServer, person: CreateLoginLink = {}) {
  const link = await server.client.session.link(person)
  const body = JSON.stringify({ token: tokenOf(link.url) })
  const headers = { 'user-agent': 'a browser' }
  const answer = await server.request('POST', '/auth/login', { headers, body })
  const cookie = answer.headers.get('set-cookie') ?? ''
  return { link, body, answer, cookie, session: cookie.split(';')[0] ?? '' }
}

test('a login link gives one browser a session, once', async () => {
  const server = await testServer()

  const { answer, body, cookie } = await login(server)
  const again = await server.request('POST', '/auth/login', { headers: {}, body })

  expect(answer.status).toBe(200)
  expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/)
  expect(again.status).toBe(401)
  expect(await again.json()).toMatchObject({ hint: expect.stringContaining('molecule login') })
})

test('a change with the cookie needs the CSRF token of the page; a read does not', async () => {
  const server = await testServer()
  const { answer, session } = await login(server)
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(answer)
  const create = (headers: Record<string, string>) =>
    server.request('POST', '/workspaces', {
      headers: { cookie: session, ...headers },
      body: JSON.stringify({ name: 'x', runtime_config: { command: 'cat' } }),
    })

  const read = await server.request('GET', '/workspaces', { headers: { cookie: session } })
  const bare = await create({})
  const guessed = await create({ 'x-csrf-token': 'guess' })
  const right = await create({ 'x-csrf-token': csrf_token })

  expect([read.status, bare.status, guessed.status, right.status]).toEqual([200, 403, 403, 201])
})

test('a reloaded page gets the same CSRF token, and a logged-out session is dead', async () => {
  const server = await testServer()
  const { answer, session } = await login(server)
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(answer)

  const reload = await server.request('GET', '/auth/session', { headers: { cookie: session } })
  expect(await reload.json()).toMatchObject({ kind: 'session', csrf_token })
  const headers = { cookie: session, 'x-csrf-token': csrf_token }
  await server.request('POST', '/auth/logout', { headers })

  const after = await server.request('GET', '/auth/session', { headers: { cookie: session } })
  expect(after.status).toBe(401)
})

test('a session token is no bearer token, and a bearer token is no session', async () => {
  const server = await testServer()
  const { session } = await login(server)
  const token = session.split('=')[1] ?? ''

  const asBearer = await server.request('GET', '/workspaces', {
    headers: { authorization: `Bearer ${token}` },
  })
  const asCookie = await server.request('GET', '/workspaces', {
    headers: { cookie: `molecule_session=${server.adminToken}` },
  })

  expect([asBearer.status, asCookie.status]).toEqual([401, 401])
})

test('ADMIN_TOKEN sets the credential, and a new one replaces the old', async () => {
  const server = await testServer({ env: { ADMIN_TOKEN: 'first-token-of-the-test' } })

  const good = await server.request('GET', '/workspaces', {
    headers: { authorization: 'Bearer first-token-of-the-test' },
  })

  expect(server.adminToken).toBe('first-token-of-the-test')
  expect(good.status).toBe(200)
})

/** A browser that is signed in, as its page calls: with the cookie and the CSRF token. */
async function givenBrowser(server: TestServer, person: CreateLoginLink = {}) {
  const { answer, session } = await login(server, person)
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(answer)
  const headers = { cookie: session, 'x-csrf-token': csrf_token }
  const call = (method: string, path: string) => server.request(method, path, { headers })
  return { cookie: session, call }
}

test('sessions are listed newest first, and say which is the own one', async () => {
  const server = await testServer()
  const ann = await givenBrowser(server, { name: 'Ann', role: 'owner' })
  await givenBrowser(server, { name: 'Bo', role: 'viewer' })

  const answer = await ann.call('GET', '/auth/sessions')

  expect(await answer.json()).toMatchObject({
    sessions: [
      { name: 'Bo', role: 'viewer', is_current: false, client: 'a browser' },
      { name: 'Ann', role: 'owner', is_current: true },
    ],
  })
  const { sessions } = await server.client.session.list()
  expect(sessions.map((session) => session.is_current)).toEqual([false, false])
})

test('CM-08: a revoked session is dead at once, and gone from the list', async () => {
  const server = await testServer()
  const bo = await givenBrowser(server, { name: 'Bo' })
  const [session] = (await server.client.session.list()).sessions
  const id = session?.id ?? ''

  expect(await server.client.session.revoke(id)).toEqual({ revoked: id })

  expect((await bo.call('GET', '/workspaces')).status).toBe(401)
  expect(await server.client.session.list()).toEqual({ sessions: [] })
  await expect(server.client.session.revoke(id)).rejects.toMatchObject({ status: 404 })
})

test('the own session can be revoked, the last one too; the browser forgets its cookie', async () => {
  const server = await testServer()
  const ann = await givenBrowser(server)
  const [session] = (await server.client.session.list()).sessions

  const answer = await ann.call('DELETE', `/auth/sessions/${session?.id}`)

  expect(answer.status).toBe(200)
  expect(answer.headers.get('set-cookie')).toMatch(/molecule_session=;.*Max-Age=0/)
  expect((await server.client.session.link()).url).toContain('/login#')
})

test('UI-2, CM-08: no origin stands in for the CSRF token of a session', async () => {
  const server = await testServer()
  const { cookie } = await givenBrowser(server)
  const [session] = (await server.client.session.list()).sessions
  const headers = { cookie, origin: server.url, referer: `${server.url}/canvas` }

  const answer = await server.request('DELETE', `/auth/sessions/${session?.id}`, { headers })

  expect(answer.status).toBe(403)
  expect((await server.client.session.list()).sessions).toHaveLength(1)
})

test.each([
  ['viewer', [200, 403, 403, 403]],
  ['operator', [200, 201, 200, 403]],
  ['owner', [200, 201, 200, 200]],
] as const)('CM-08: a session may what its role says: %s', async (role, expected) => {
  const server = await testServer()
  const { id } = await server.client.workspaces.create({
    name: 'worker',
    runtime_config: { command: 'cat' },
  })
  const { call } = await givenBrowser(server, { name: 'Ann', role })

  const answers = [
    await call('GET', '/workspaces'),
    await call('POST', `/workspaces/${id}/tokens`),
    await call('GET', `/workspaces/${id}/tokens`),
    await call('GET', '/org/tokens'),
  ]

  expect(answers.map((answer) => answer.status)).toEqual(expected)
})

test('CM-07: a token makes no login link for a role that may more than itself', async () => {
  const server = await testServer()
  const { auth_token: token } = await server.client.tokens.org.create({
    scopes: ['org:admin', 'workspaces:read', 'tasks:read'],
  })
  const { link } = moleculeClient({ baseUrl: server.url, token }).session

  await expect(link({ role: 'owner' })).rejects.toMatchObject({ code: 'forbidden' })
  expect(await link({ role: 'viewer' })).toMatchObject({ url: expect.stringContaining('#') })
})

test('links, logins and their ends are audited, never with a token', async () => {
  const server = await testServer()
  const { link, session } = await login(server, { name: 'Ann', role: 'operator' })
  const [row] = (await server.client.session.list()).sessions
  await server.client.session.revoke(row?.id ?? '')

  const rows = await server.db
    .selectFrom('audit')
    .selectAll()
    .where('entity', 'in', ['login_link', 'session'])
    .orderBy('seq')
    .execute()

  expect(rows.map(({ action, actor }) => [action, actor])).toEqual([
    ['login_link.create', 'admin'],
    ['session.begin', 'user:Ann'],
    ['session.revoke', 'admin'],
  ])
  expect(rows.every(({ address, traceId }) => address && traceId)).toBe(true)
  for (const secret of [tokenOf(link.url), session.split('=')[1] ?? ''])
    expect(JSON.stringify(rows)).not.toContain(secret)
})
