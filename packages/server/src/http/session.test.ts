import { expect, test } from 'vitest'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const tokenOf = (url: string) => new URL(url).hash.slice(1)

async function login(server: TestServer) {
  const link = await server.client.session.link()
  const body = JSON.stringify({ token: tokenOf(link.url) })
  const answer = await server.request('POST', '/auth/login', { headers: {}, body })
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
