import type { Right } from '@molecule/contract/identity'
import { moleculeClient } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

async function givenWorkspace(server: TestServer, name = 'worker') {
  const { id } = await server.client.workspaces.create({ name, runtime_config: { command: 'cat' } })
  return id
}

const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

test('a workspace token is told once, listed by its prefix, and speaks for its workspace', async () => {
  const server = await testServer()
  const id = await givenWorkspace(server)
  const { tokens } = server.client

  const minted = await tokens.workspace.create(id, { name: 'bridge' })
  const list = await tokens.workspace.list(id)
  const who = await server.request('GET', '/auth/session', as(minted.auth_token))

  expect(minted).toMatchObject({ workspace_id: id, message: expect.stringContaining('not shown') })
  expect(list).toMatchObject({
    count: 1,
    tokens: [{ id: minted.id, name: 'bridge', created_by: 'admin', expires_at: null }],
  })
  expect(minted.auth_token.startsWith(list.tokens[0]?.prefix ?? 'none')).toBe(true)
  expect(JSON.stringify(list)).not.toContain(minted.auth_token)
  expect(await who.json()).toMatchObject({ kind: 'workspace', rights: [] })
})

test('the list is newest first, by pages, and without the tokens of incarnations', async () => {
  const server = await testServer()
  const { id } = await givenHosted(server, { name: 'worker' })
  for (const name of ['a', 'b', 'c']) await server.client.tokens.workspace.create(id, { name })
  const page = async (query: string) => {
    const answer = await server.request('GET', `/workspaces/${id}/tokens${query}`)
    if (answer.status !== 200) return answer.status
    const { tokens } = await bodyOf<{ tokens: { name: string }[] }>(answer)
    return tokens.map((token) => token.name)
  }

  expect(await page('')).toEqual(['c', 'b', 'a'])
  expect(await page('?limit=1&offset=1')).toEqual(['b'])
  expect([await page('?limit=0'), await page('?limit=201')]).toEqual([400, 400])
})

test('rotate replaces all tokens; with if_newest only those the caller knows of', async () => {
  const server = await testServer()
  const id = await givenWorkspace(server)
  const { workspace } = server.client.tokens
  const first = await workspace.create(id)

  const second = await workspace.rotate(id, { if_newest: first.id, overlap_s: 60 })
  const again = workspace.rotate(id, { if_newest: first.id })
  await expect(again).rejects.toMatchObject({ code: 'conflict', status: 409 })

  const { tokens } = await workspace.list(id)
  expect(tokens.map((token) => [token.id, token.expires_at !== null])).toEqual([
    [second.id, false],
    [first.id, true],
  ])
  const tooLong = await server.request('POST', `/workspaces/${id}/tokens/rotate?overlap_s=3601`)
  expect(tooLong.status).toBe(400)
})

test('revoke and the refusals: unknown, elsewhere, removed, too many', async () => {
  const server = await testServer()
  const { workspace } = server.client.tokens
  const [id, other] = [await givenWorkspace(server), await givenWorkspace(server, 'other')]
  const token = await workspace.create(id)
  const status = async (method: string, path: string) => (await server.request(method, path)).status

  expect(await status('DELETE', `/workspaces/${other}/tokens/${token.id}`)).toBe(404)
  expect(await workspace.revoke(id, token.id)).toEqual({ status: 'revoked' })
  expect(await status('DELETE', `/workspaces/${id}/tokens/${token.id}`)).toBe(404)
  expect(await status('GET', `/workspaces/${crypto.randomUUID()}/tokens`)).toBe(404)
  for (let n = 0; n < 50; n++) await workspace.create(other)
  expect(await status('POST', `/workspaces/${other}/tokens`)).toBe(429)
  await server.client.workspaces.remove(id)
  for (const [method, rest] of [
    ['GET', ''],
    ['POST', ''],
    ['POST', '/rotate'],
  ] as const)
    expect(await status(method, `/workspaces/${id}/tokens${rest}`)).toBe(410)
})

test('removing a workspace ends its tokens at once', async () => {
  const server = await testServer()
  const id = await givenWorkspace(server)
  const { auth_token } = await server.client.tokens.workspace.create(id)
  const call = () => server.request('GET', `/workspaces/${id}`, as(auth_token))
  expect((await call()).status).toBe(200)

  await server.client.workspaces.remove(id)

  expect((await call()).status).toBe(401)
})

test('an admin finds the mint where older clients look for it', async () => {
  const server = await testServer()
  const id = await givenWorkspace(server)

  const answer = await server.request('POST', `/admin/workspaces/${id}/tokens`)

  expect(answer.status).toBe(201)
  expect(await answer.json()).toMatchObject({ workspace_id: id, auth_token: expect.any(String) })
})

test('CM-03, RD-108, LC-03: without any token, and with that of a workspace, nothing opens for an admin', async () => {
  const server = await testServer()
  const id = await givenWorkspace(server)
  const routes = [
    ['GET', '/org/tokens'],
    ['POST', '/org/tokens'],
    ['POST', `/admin/workspaces/${id}/tokens`],
    ['GET', '/auth/sessions'],
    ['POST', '/auth/link'],
    ['GET', `/workspaces/${id}/tokens`],
    ['POST', `/workspaces/${id}/tokens`],
    ['POST', `/workspaces/${id}/tokens/rotate`],
    ['POST', '/workspaces'],
    ['DELETE', `/workspaces/${id}`],
  ] as const
  const statuses = (init: RequestInit) =>
    Promise.all(
      routes.map(async ([method, path]) => (await server.request(method, path, init)).status),
    )

  const before = await statuses({ headers: {} })
  const { auth_token } = await server.client.tokens.workspace.create(id)
  const ofWorkspace = await statuses(as(auth_token))

  expect(new Set(before)).toEqual(new Set([401]))
  expect(new Set(ofWorkspace)).toEqual(new Set([403]))
})

test('LC-01, RD-96, CM-09: a workspace without a live token admits nobody, and hands out none', async () => {
  const server = await testServer()
  const id = await givenWorkspace(server)
  const { id: tokenId, auth_token } = await server.client.tokens.workspace.create(id)
  await server.client.tokens.workspace.revoke(id, tokenId)
  const calls = [
    ['GET', `/workspaces/${id}`],
    ['GET', `/workspaces/${id}/inbox`],
    ['POST', `/workspaces/${id}/tokens`],
    ['POST', `/workspaces/${id}/delegate`],
  ] as const

  const answers = await Promise.all(
    calls.flatMap(([method, path]) => [
      server.request(method, path, { headers: { 'x-workspace-id': id } }),
      server.request(method, path, as(auth_token)),
    ]),
  )

  expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 401))
})

test.each(['', 'production', 'prod', 'development'])(
  'CM-06: no environment (%j) makes a route that mints test tokens',
  async (name) => {
    const server = await testServer({
      env: { MOLECULE_ENV: name, MOLECULE_ENABLE_TEST_TOKENS: '1' },
    })
    const id = await givenWorkspace(server)

    const answer = await server.request('GET', `/admin/workspaces/${id}/test-token`)

    expect(answer.status).toBe(410)
    expect(await bodyOf(answer)).not.toHaveProperty('auth_token')
    const tokens = await server.request('GET', `/workspaces/${id}/tokens`)
    expect(await bodyOf(tokens)).toMatchObject({ count: 0 })
  },
)

test('CM-07: an org token may what its scopes say, and no more', async () => {
  const server = await testServer()
  const minted = await server.client.tokens.org.create({ name: 'ci', scopes: ['workspaces:read'] })
  const { list, create } = moleculeClient({
    baseUrl: server.url,
    token: minted.auth_token,
  }).workspaces

  expect(await list()).toEqual([])
  const creating = create({ name: 'x', runtime_config: { command: 'cat' } })
  await expect(creating).rejects.toMatchObject({
    code: 'forbidden',
    problem: { extra: { missing: ['workspaces:write'] } },
  })
})

test('org tokens are listed newest first, rotated and revoked', async () => {
  const server = await testServer()
  const { org } = server.client.tokens
  const first = await org.create({ name: 'first' })
  const second = await org.create({ name: 'second' })

  const fresh = await org.rotate(first.id)
  expect(await org.revoke(second.id)).toEqual({ revoked: second.id })

  const { tokens, count } = await org.list()
  expect(tokens.map((token) => [token.id, token.name])).toEqual([[fresh.id, 'first']])
  expect(count).toBe(1)
  expect(tokens[0]).toMatchObject({ created_by: 'admin', expires_at: expect.any(String) })
  await expect(org.revoke(second.id)).rejects.toMatchObject({ status: 404 })
  const dead = await server.request('GET', '/workspaces', as(first.auth_token))
  expect(dead.status).toBe(401)
})

test.each([
  ['an unknown scope', { scopes: ['everything'] }],
  ['no scope', { scopes: [] }],
  ['a life of years', { expires_in_s: 367 * 86_400 }],
  ['a misspelled limit', { expires_in: 60 }],
  ['a name of 101 characters', { name: 'x'.repeat(101) }],
])('an org token with %s is refused', async (_what, body) => {
  const server = await testServer()

  const init = { ...as(server.adminToken), body: JSON.stringify(body) }
  const answer = await server.request('POST', '/org/tokens', init)

  expect(answer.status).toBe(400)
  expect((await server.client.tokens.org.list()).count).toBe(0)
})

test('without a body an org token only reads, for 90 days', async () => {
  const server = await testServer()

  const answer = await server.request('POST', '/org/tokens')

  const token = await bodyOf<{ scopes: Right[]; expires_at: string; created_at: string }>(answer)
  expect(token.scopes).toEqual(['workspaces:read', 'tasks:read'])
  const days = (Date.parse(token.expires_at) - Date.parse(token.created_at)) / 86_400_000
  expect(days).toBe(90)
})

test('CM-72: when a token was last used shows in the list', async () => {
  const server = await testServer()
  const { org } = server.client.tokens
  const { auth_token } = await org.create({})

  await server.request('GET', '/workspaces', as(auth_token))
  await server.services.lastUse.flush()

  expect((await org.list()).tokens[0]?.last_used_at).toEqual(expect.any(String))
})
