import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, testServer } from '../testing/test-server.ts'

const origin = 'https://app.example'

test('without CORS_ORIGINS no page of another origin may read an answer', async () => {
  const server = await testServer()

  const answer = await server.request('GET', '/health', { headers: { origin } })
  const preflight = await server.request('OPTIONS', '/workspaces', {
    headers: { origin, 'access-control-request-method': 'POST' },
  })

  expect([answer.status, preflight.status]).toEqual([200, 404])
  for (const { headers } of [answer, preflight])
    expect(headers.get('access-control-allow-origin')).toBeNull()
})

test('CM-08: CORS_ORIGINS lets the origins it names in, exactly, and no other', async () => {
  const server = await testServer({ env: { CORS_ORIGINS: `https://other.example, ${origin}` } })
  const ask = (from: string) =>
    server.request('OPTIONS', '/workspaces', {
      headers: { origin: from, 'access-control-request-method': 'POST' },
    })

  const allowed = await ask(origin)
  expect(allowed.status).toBe(204)
  expect(Object.fromEntries(allowed.headers)).toMatchObject({
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET,POST,PUT,PATCH,DELETE,OPTIONS',
    'access-control-allow-headers': 'Origin,Content-Type,X-Workspace-ID,Authorization,X-CSRF-Token',
    'x-content-type-options': 'nosniff',
  })
  for (const foreign of ['https://app.example.evil', 'http://app.example', 'null', `${origin}:444`])
    expect((await ask(foreign)).headers.get('access-control-allow-origin')).toBeNull()
})

test('CM-08: an origin that is let in still needs a credential, and with a cookie the CSRF token', async () => {
  const server = await testServer({ env: { CORS_ORIGINS: origin } })
  const { url } = await server.client.session.link()
  const login = await server.request('POST', '/auth/login', {
    headers: { origin },
    body: JSON.stringify({ token: new URL(url).hash.slice(1) }),
  })
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
  const body = '{"name":"x","runtime_config":{"command":"cat"}}'

  const bare = await server.request('POST', '/workspaces', { headers: { origin }, body })
  const forged = await server.request('POST', '/workspaces', { headers: { origin, cookie }, body })

  expect([bare.status, forged.status]).toEqual([401, 403])
  expect(bare.headers.get('access-control-allow-origin')).toBe(origin)
})

test('CM-98: a header names the org of the credential or gets nothing, and is never needed', async () => {
  const server = await testServer()
  const authorization = `Bearer ${server.adminToken}`
  const ask = (headers: Record<string, string>) => server.request('GET', '/workspaces', { headers })
  const own = { 'x-molecule-org-id': server.installation.orgId }
  const other = { 'x-molecule-org-id': crypto.randomUUID() }

  const answers = await Promise.all([
    ask({ authorization }),
    ask({ authorization, ...own }),
    ask({ authorization, ...other }),
    ask(own),
  ])

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 401])
  expect(await bodyOf(answers[2])).toMatchObject({
    code: 'not_found',
    detail: 'there is no GET /workspaces',
  })
})

test('every answer says what is left; one too many gets 429, when to come back, and the security headers', async () => {
  const server = await testServer({ env: { RATE_LIMIT: '3' } })
  const ask = () => server.request('GET', '/health', { headers: {} })

  const first = await ask()
  const [, , fourth] = [await ask(), await ask(), await ask()]

  expect(Object.fromEntries(first.headers)).toMatchObject({
    'ratelimit-limit': '3',
    'ratelimit-remaining': '2',
    'ratelimit-reset': expect.stringMatching(/^\d+$/),
    'x-ratelimit-limit': '3',
    'x-ratelimit-remaining': '2',
    'x-ratelimit-reset': expect.stringMatching(/^\d+$/),
  })
  expect(fourth.status).toBe(429)
  const { retry_after, ...problem } = await bodyOf<{ retry_after: number }>(fourth)
  expect(problem).toMatchObject({ code: 'rate_limited', retryable: true })
  expect(Object.fromEntries(fourth.headers)).toMatchObject({
    'retry-after': String(retry_after),
    'ratelimit-remaining': '0',
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
  })
})

test('CM-70: one credential that asks too much leaves the others of its address alone', async () => {
  const server = await testServer({ env: { RATE_LIMIT: '12' } })
  const greedy = await givenHosted(server, { name: 'greedy' })
  const modest = await givenHosted(server, { name: 'modest' })
  const ask = (token: string) =>
    server.request('GET', '/workspaces', { headers: { authorization: `Bearer ${token}` } })
  expect((await ask(modest.agent)).status).toBe(200)

  const statuses = []
  for (let n = 0; n < 14; n++) statuses.push((await ask(greedy.agent)).status)

  expect(statuses.at(-1)).toBe(429)
  expect((await ask(modest.agent)).status).toBe(200)
})

test('CM-97: guessing is slow from one address, whatever the environment says, and stops nobody who is known', async () => {
  const server = await testServer({ env: { MOLECULE_ENV: 'development' } })
  await server.client.workspaces.list()
  const guess = (n: number) =>
    server.request('GET', '/workspaces', { headers: { authorization: `Bearer guess-${n}` } })

  const statuses = []
  for (let n = 0; n < 61; n++) statuses.push((await guess(n)).status)
  const login = await server.request('POST', '/auth/login', {
    headers: {},
    body: '{"token":"a guess as well"}',
  })

  expect(new Set(statuses.slice(0, 60))).toEqual(new Set([401]))
  expect([statuses.at(60), login.status]).toEqual([429, 429])
  expect(await server.client.workspaces.list()).toEqual([])
})

test('a credential that ended is no guess: agents that are told to go stop nobody', async () => {
  const server = await testServer()
  const { id, agent } = await givenHosted(server, { name: 'worker' })
  await server.client.workspaces.remove(id)
  const headers = { authorization: `Bearer ${agent}` }

  for (let n = 0; n < 70; n++)
    expect((await server.request('GET', '/workspaces', { headers })).status).toBe(401)
})

test('CM-71, LC-03: while credentials cannot be looked up, none is refused for good, and none is let in', async () => {
  const server = await testServer()
  const { agent } = await givenHosted(server, { name: 'worker' })
  await transact(server.db, (tx) => sql`alter table credentials rename to gone`.execute(tx))

  for (const token of [server.adminToken, agent, 'mol_admin_made-up']) {
    const answer = await server.request('GET', '/workspaces', {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(503)
    expect(await bodyOf(answer)).toMatchObject({
      code: 'unavailable',
      retryable: true,
      extra: { code: 'platform_unavailable' },
    })
  }
})

test('LC-33: where people are sent follows from the settings, never from a header', async () => {
  const server = await testServer()
  const answer = await server.request('POST', '/auth/link', {
    headers: {
      authorization: `Bearer ${server.adminToken}`,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example;proto=https',
      origin: 'https://evil.example',
    },
    body: '{"name":"x","role":"owner"}',
  })

  expect((await bodyOf<{ url: string }>(answer)).url).toMatch(`${server.url}/login#`)
})
