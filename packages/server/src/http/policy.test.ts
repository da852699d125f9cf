import { type Right, type Role, rights, rightsOfRole, roles } from '@molecule/contract/identity'
import { expect, test } from 'vitest'
import { dbNow } from '../db/dialect/dialect.ts'
import { transact } from '../db/transact.ts'
import { insertCredential, type Mint } from '../domain/identity/credential-store.ts'
import { csrfTokenFor } from '../domain/identity/session.ts'
import { newToken } from '../lib/token.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { noFiles, type TestServer, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'
import { policy, type Route, type Rule, ruleOf } from './policy.ts'

/** Answered by the upgrade of a connection, not by the router. */
const upgraded = new Set<string>(['GET /ws'])
/** Calling it would end the test. */
const deadly = new Set<string>(['POST /admin/shutdown'])

const routesOf = (server: TestServer) =>
  buildApp(server.services, noFiles)
    .routes.filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path}`)

const guarded = (server: TestServer): Route[] =>
  ([...new Set(routesOf(server))] as Route[]).filter((route) => !('public' in ruleOf(route)))

/** Every credential there is, by what it should be good for. */
async function givenCredentials(server: TestServer) {
  const own = await givenHosted(server, { name: 'own' })
  const foreign = await givenHosted(server, { name: 'foreign' })
  const { orgId } = server.installation
  const mint = (what: Omit<Mint, 'orgId' | 'now'>) =>
    transact(server.db, async (tx) =>
      insertCredential(tx, { orgId, now: await dbNow(tx), ...what }),
    )
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const tokenWith = async (scopes: Right[]) =>
    bearer((await mint({ kind: 'org_token', scopes })).token)
  const session = async (role: Role) => {
    const token = newToken('session')
    const csrf = csrfTokenFor(token)
    await mint({ kind: 'session', token, csrf, name: role, role })
    return { cookie: `molecule_session=${token}`, 'x-csrf-token': csrf }
  }
  const people: [string, Record<string, string>, readonly Right[]][] = [
    ['admin', bearer(server.adminToken), rights],
    ['org token without a scope', await tokenWith([]), []],
  ]
  for (const role of roles) people.push([role, await session(role), rightsOfRole[role]])
  for (const right of rights) people.push([`org token ${right}`, await tokenWith([right]), [right]])
  const dead: [string, Record<string, string>][] = [
    ['nobody', {}],
    ['a made-up token', bearer(newToken('admin'))],
    [
      'an expired token',
      bearer((await mint({ kind: 'org_token', scopes: [...rights], ttlMs: -1 })).token),
    ],
    [
      'a session cookie as a bearer',
      bearer((await mint({ kind: 'session', role: 'owner', csrf: 'x' })).token),
    ],
    ['a login token', bearer((await mint({ kind: 'login', role: 'owner' })).token)],
  ]
  return { own, foreign, bearer, people, dead }
}

/** Reads are called as they are; the rest with a body that no schema takes, so that nothing comes of it. */
async function call(
  server: TestServer,
  route: string,
  headers: Record<string, string>,
  { id, body = '[]' }: { id: string; body?: string },
) {
  const [method = '', path = ''] = route.split(' ')
  const filled = path.replaceAll(':id', id).replace(/(?<=\/):\w+|\*/g, 'x')
  const signal = AbortSignal.timeout(10_000)
  const sent = method === 'GET' ? {} : { body }
  const answer = await server.request(method, filled, { headers, signal, ...sent })
  await answer.body?.cancel()
  return answer.status
}

const isRefusal = (status: number) => status === 401 || status === 403

test('RD-78: every route has its rule, and every rule its route', async () => {
  const served = routesOf(await testServer())

  const ruled = Object.keys(policy).filter((route) => !upgraded.has(route))

  expect([...new Set(served)].sort()).toEqual(ruled.sort())
})

test('nothing is public but what this list names', () => {
  const open = Object.keys(policy).filter((route) => 'public' in ruleOf(route as Route))

  expect(open.sort()).toEqual([
    'GET /',
    'GET /assets/*',
    'GET /canvas',
    'GET /canvas/*',
    'GET /health',
    'GET /install/molecule.tgz',
    'GET /login',
    'GET /readyz',
    'POST /auth/login',
    'POST /webhooks/github',
    'POST /webhooks/github/:id',
    'POST /webhooks/in/:webhookId',
  ])
})

test('LC-29, CM-74: whoever has no credential gets nothing but what is public', async () => {
  const server = await testServer()
  const { own, dead } = await givenCredentials(server)

  for (const [who, headers] of dead)
    for (const route of guarded(server)) {
      const status = await call(server, route, headers, own)
      expect([who, route, status]).toEqual([who, route, 401])
    }
})

function isHeld(route: Route, held: readonly Right[]): boolean {
  const rule = ruleOf(route)
  return 'rights' in rule && rule.rights.every((right) => held.includes(right))
}

/** What each token of a started workspace is there for. */
const isFor = {
  agent: (rule: Rule) => 'workspace' in rule || 'anybody' in rule,
  host: (rule: Rule) => 'only' in rule && rule.only === 'host',
  boot: (rule: Rule) => 'only' in rule && rule.only === 'boot',
}

test('CM-03, CM-07, CM-08: people and org tokens pass exactly where they have the right', async () => {
  const server = await testServer()
  const { own, people } = await givenCredentials(server)

  for (const [who, headers, held] of people)
    for (const route of guarded(server).filter((each) => 'rights' in ruleOf(each))) {
      const may = isHeld(route, held)
      if (may && deadly.has(route)) continue
      const refused = isRefusal(await call(server, route, headers, own))
      expect([who, route, refused]).toEqual([who, route, !may])
    }
}, 60_000)

test('CM-03, LC-04, RD-108: the tokens of a workspace pass nowhere but in its own matters', async () => {
  const server = await testServer()
  const { own, bearer } = await givenCredentials(server)

  // The boot credential ends with the first call of the host.
  for (const kind of ['boot', 'host', 'agent'] as const)
    for (const route of guarded(server)) {
      const status = await call(server, route, bearer(own[kind]), own)
      const passes = isFor[kind](ruleOf(route))
      expect([kind, route, passes ? status !== 401 : status === 403]).toEqual([kind, route, true])
    }
})

test('CM-73: the token of one workspace does nothing in the name of another, whatever its program leaves out', async () => {
  const server = await testServer()
  const { own, foreign, bearer } = await givenCredentials(server)
  const isOfOne = (route: Route) =>
    'workspace' in ruleOf(route) && route.includes(':id') && !reachesPeers.has(route)

  for (const route of guarded(server).filter(isOfOne)) {
    const status = await call(server, route, bearer(foreign.agent), {
      id: own.id,
      body: '{}',
    })
    expect([route, isRefusal(status) || status === 404]).toEqual([route, true])
  }
})

/** Peers may be looked at, talked to and found. */
const reachesPeers = new Set<string>([
  'GET /workspaces/:id',
  'GET /workspaces/:id/agents',
  'GET /workspaces/:id/state',
  'GET /workspaces/:id/model',
  'GET /workspaces/:id/shared-context',
  'GET /agents/:id',
  'POST /workspaces/:id/delegate',
  'GET /workspaces/:id/.well-known/agent-card.json',
  'POST /workspaces/:id/a2a',
  'POST /workspaces/:id/a2a/message:send',
  'POST /workspaces/:id/a2a/message:stream',
  'GET /workspaces/:id/a2a/tasks',
  'GET /workspaces/:id/a2a/tasks/:ref',
  'POST /workspaces/:id/a2a/tasks/:ref',
  'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs',
  'POST /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs',
  'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config',
  'DELETE /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config',
  'GET /workspaces/:id/a2a/extendedAgentCard',
  'GET /workspaces/:id/schedules/health',
  'GET /registry/discover/:id',
])

test('CM-01, CM-02, LC-33, RD-107: headers that anybody can write open nothing', async () => {
  const server = await testServer()
  const { own } = await givenCredentials(server)
  const { host } = new URL(server.url)
  const forged = {
    origin: server.url,
    referer: `${server.url}/canvas`,
    'x-workspace-id': own.id,
    'x-molecule-org-id': server.installation.orgId,
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': host,
    forwarded: `for=127.0.0.1;host=${host}`,
  }

  for (const route of guarded(server)) {
    const status = await call(server, route, forged, own)
    expect([route, status]).toEqual([route, 401])
  }
})
