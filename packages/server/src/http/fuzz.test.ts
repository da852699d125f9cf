import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { WorkspaceId } from '@molecule/contract/id'
import { rights } from '@molecule/contract/identity'
import { Problem } from '@molecule/contract/problem'
import { NewWorkspace } from '@molecule/contract/workspace'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { dbNow } from '../db/dialect/dialect.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import { arbitraryOf, idPlaceholders } from '../testing/arbitrary-of.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, noFiles, type TestServer, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'
import { MAX_BODY_BYTES } from './body.ts'
import { refusedPolicy } from './compat/refusals.ts'
import { ruleOf } from './policy.ts'

/** The same requests every time, but with `npm run fuzz`, which asks for many others. A failure prints its seed. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 2000)
const SEED = Number(process.env.FUZZ_SEED ?? (process.env.FUZZ_RUNS ? Date.now() % 2 ** 31 : 1))
/** After so many requests the rows that they changed or removed are made anew. */
const RENEW_EVERY = 30

type Route = { method: string; path: string }
/** What a route reads, and whom it lets in. */
type Reads = { body: z.ZodType[]; query: z.ZodType[]; kinds: Kind[] }
const credentialKinds = [
  'admin',
  'session',
  'session without its CSRF token',
  'viewer',
  'org token',
  'workspace',
  'host',
  'boot',
  'nobody',
  'somebody made up',
] as const
type Kind = (typeof credentialKinds)[number]

type World = { ids: Record<string, string>; headers: Record<Kind, Record<string, string>> }

/** Two workspaces, a task, and a credential of every kind. */
async function givenWorld(server: TestServer): Promise<World> {
  const own = await givenHosted(server, { name: `own ${crypto.randomUUID()}` })
  const other = await givenHosted(server, { name: `other ${crypto.randomUUID()}` })
  const task = await server.client.workspaces.ask(own.id as WorkspaceId, { text: 'x' })
  const orgToken = await transact(server.db, async (tx) =>
    mintCredential(tx, {
      orgId: server.installation.orgId,
      kind: 'org_token',
      scopes: [...rights],
      now: await dbNow(tx),
    }),
  )
  const session = await signIn(server, 'owner')
  const { cookie } = session
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  return {
    ids: { own: own.id, other: other.id, task: task.id, missing: crypto.randomUUID() },
    headers: {
      admin: bearer(server.adminToken),
      session,
      'session without its CSRF token': { cookie },
      viewer: await signIn(server, 'viewer'),
      'org token': bearer(orgToken),
      workspace: bearer(own.agent),
      host: bearer(own.host),
      boot: bearer(own.boot),
      nobody: {},
      'somebody made up': bearer('mol_admin_made-up'),
    },
  }
}

async function signIn(server: TestServer, role: 'owner' | 'viewer') {
  const { url } = await server.client.session.link({ role })
  const body = JSON.stringify({ token: new URL(url).hash.slice(1) })
  const answer = await server.request('POST', '/auth/login', { headers: {}, body })
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(answer)
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { cookie, 'x-csrf-token': csrf_token }
}

const nameOf = ({ method, path }: Route) => `${method} ${path}`
const isPage = (route: Route) =>
  /^a static page/.test((ruleOf(nameOf(route) as never) as { public?: string }).public ?? '')

function routesOf(server: TestServer): Route[] {
  const routes = buildApp(server.services, noFiles).routes.filter(({ method }) => method !== 'ALL')
  const unique = new Map(routes.map(({ method, path }) => [`${method} ${path}`, { method, path }]))
  return [...unique.values()].filter((route) => !isPage(route) && !(nameOf(route) in refusedPolicy))
}

/** Asks every route as everybody, and hears with which schemas it reads what it is sent. */
async function learn(server: TestServer, routes: Route[]): Promise<Map<Route, Reads>> {
  const learned = new Map<Route, Reads>()
  let reads: Reads
  const hear = (message: unknown) => {
    const { schema, what } = message as { schema: z.ZodType; what: string }
    const known = what === 'the query' ? reads.query : reads.body
    if (!known.includes(schema)) known.push(schema)
  }
  for (const route of routes) {
    const world = await givenWorld(server)
    reads = { body: [], query: [], kinds: [] }
    learned.set(route, reads)
    subscribe('molecule:check', hear)
    reads.kinds.push(...(await kindsLetIn(server, route, world)))
    unsubscribe('molecule:check', hear)
  }
  return learned
}

async function kindsLetIn(
  server: TestServer,
  { method, path }: Route,
  { ids, headers }: World,
): Promise<Kind[]> {
  const id = ids[path.startsWith('/tasks') ? 'task' : 'own'] ?? ''
  const letIn: Kind[] = []
  for (const kind of credentialKinds) {
    const { status } = await server.request(method, path.replace(/(?<=\/):\w+/g, id), {
      headers: { ...headers[kind], 'x-timeout': '0' },
      ...(method === 'GET' ? {} : { body: '{}' }),
    })
    if (status !== 401 && status !== 403) letIn.push(kind)
  }
  return letIn
}

const aMessage = z.object({
  messageId: z.string().min(1).max(50),
  role: z.enum(['user', 'ROLE_USER']),
  parts: z.array(z.object({ kind: z.literal('text'), text: z.string().min(1) })).min(1),
  taskId: z.string().optional(),
  contextId: z.string().max(300).optional(),
})
const sendParams = z.object({ message: aMessage, configuration: z.object({}).optional() })
const methods = ['message/send', 'tasks/get', 'tasks/cancel', 'SendMessage', 'ListTasks'] as const

/** Bodies that another codec than ours reads, so that they cannot be learned. */
const byProtocol: Record<string, z.ZodType[]> = {
  'POST /workspaces/:id/a2a': [
    z.object({
      jsonrpc: z.literal('2.0'),
      id: z.number().int(),
      method: z.literal('message/send'),
      params: sendParams,
    }),
    z.object({
      jsonrpc: z.literal('2.0'),
      id: z.number().int(),
      method: z.enum(methods),
      params: z.looseObject({ id: z.string() }),
    }),
  ],
  'POST /workspaces/:id/a2a/message:send': [sendParams],
  'POST /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs': [z.object({ url: z.string() })],
}

type Sent = {
  route: Route
  kind: Kind
  ids: string[]
  query: string
  headers: Record<string, string>
  body: string | Uint8Array<ArrayBuffer> | undefined
}

const oddTexts = ['', ' ', '%00', '%ff', '%E0%A4%A', '%2e%2e%2f', '{{own}}%00', 'é', '-1', '1e400']
const aText = fc.oneof(
  fc.constantFrom(...idPlaceholders),
  fc.constantFrom(...oddTexts),
  fc.constant('x'.repeat(3000)),
  fc.string().map((text) => encodeURIComponent(text.toWellFormed())),
  fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed())),
)
const oddBodies = [
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '1e400',
  '{"name":1e400,"x":123456789012345678901234567890}',
  '{"name":"a","name":"b","name":{}}',
  '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"x":1}}}',
  `{"runtime_config":{"__proto__":{"command":"cat"},"env":{"__proto__":"x"}}}`,
  '['.repeat(100_000),
  `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
  `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  `{"a":"${'\\u0000'.repeat(100)}\\ud800"}`,
  `{"${'x'.repeat(10_000)}":1}`,
]
const aKey = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'id', 'name', 'a.b'))

/** One place of a document becomes something else, goes away, or gets company. */
function mutate(value: unknown, path: number[], by: { key: string; value: unknown }): unknown {
  const [at = 0, ...rest] = path
  if (typeof value !== 'object' || value === null || path.length === 0) return by.value
  const entries = Object.entries(value)
  const chosen = entries[at % (entries.length + 1)]
  if (!chosen) return Object.fromEntries([...entries, [by.key, by.value]])
  const [key, inner] = chosen
  const others = entries.filter(([name]) => name !== key)
  const mutated =
    at % 3 === 0 ? others : [...others, [key, mutate(inner, rest, by)] as [string, unknown]]
  return Array.isArray(value) ? mutated.map(([, each]) => each) : Object.fromEntries(mutated)
}

const tooLarge = ' '.repeat(MAX_BODY_BYTES + 1)

function aBody(schemas: z.ZodType[]): fc.Arbitrary<Sent['body']> {
  const valid = fc.oneof(...(schemas.length > 0 ? schemas.map(arbitraryOf) : [fc.constant({})]))
  const mutated = fc
    .tuple(valid, fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }), aKey, fc.jsonValue())
    .map(([whole, path, key, value]) => mutate(whole, path, { key, value }))
  const bytes = fc.uint8Array({ maxLength: 200 }).map((each) => new Uint8Array(each))
  return fc.oneof(
    { weight: 50, arbitrary: valid.map((body) => JSON.stringify(hurried(body))) },
    { weight: 40, arbitrary: mutated.map((body) => JSON.stringify(hurried(body))) },
    { weight: 10, arbitrary: fc.jsonValue().map((body) => JSON.stringify(hurried(body))) },
    { weight: 10, arbitrary: fc.constantFrom(...oddBodies) },
    { weight: 5, arbitrary: bytes },
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(tooLarge) },
  )
}

/** Long-polls may wait for half a minute; here they look once. */
const hurried = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'wait_s' in body ? { ...body, wait_s: 0 } : body

function aQuery(schemas: z.ZodType[]): fc.Arbitrary<string> {
  const known = schemas.flatMap((schema) =>
    'shape' in schema ? Object.keys(schema.shape as object) : [],
  )
  const names = ['x', 'limit', ...known].filter((name) => !name.startsWith('wait'))
  const one = fc.tuple(fc.constantFrom(...names), fc.oneof(aText, fc.integer().map(String)))
  const pairs = fc.array(one, { maxLength: 3 })
  return pairs.map((each) => each.map(([name, value]) => `${name}=${value}`).join('&'))
}

const someHeaders = fc.record(
  {
    'content-type': fc.constantFrom('application/json', 'text/plain', 'multipart/form-data', 'x'),
    'x-workspace-id': fc.constantFrom('{{own}}', '{{other}}', 'x'),
    'x-molecule-org-id': fc.constant('{{missing}}'),
    'x-forwarded-for': fc.constantFrom('127.0.0.1', 'nonsense, ,', '::1'),
    origin: fc.constantFrom('https://evil.example', 'null'),
    'a2a-version': fc.constantFrom('1.0', '0.3', '2.0', 'x'),
    'accept-language': fc.constant('x'.repeat(2000)),
  },
  { requiredKeys: [] },
)

const anIdFor = ({ path }: Route) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(path.startsWith('/tasks') ? '{{task}}' : '{{own}}') },
    { weight: 2, arbitrary: fc.constantFrom(...idPlaceholders) },
    { weight: 1, arbitrary: aText },
  )

const aRequestFor = (route: Route, { body, query, kinds }: Reads): fc.Arbitrary<Sent> =>
  fc.record<Sent>({
    route: fc.constant(route),
    kind: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...(kinds.length > 0 ? kinds : credentialKinds)) },
      { weight: 1, arbitrary: fc.constantFrom(...credentialKinds) },
    ),
    ids: fc.array(anIdFor(route), { minLength: 2, maxLength: 2 }),
    query: aQuery(query),
    headers: fc.oneof({ weight: 9, arbitrary: fc.constant({}) }, someHeaders),
    body: route.method === 'GET' ? fc.constant(undefined) : aBody(body),
  })

const aRequest = (learned: Map<Route, Reads>): fc.Arbitrary<Sent> =>
  fc.oneof(...[...learned].map(([route, reads]) => aRequestFor(route, reads)))

/** Such a segment names the folder above it, before anything is sent. */
const isDots = (segment: string) => /^(\.|%2e){1,2}$/i.test(segment)

const real = (text: string, { ids }: World) =>
  text.replace(/\{\{(\w+)\}\}/g, (whole, name) => ids[name] ?? whole)

function send(server: TestServer, sent: Sent, world: World): Promise<Response> {
  const ids = [...sent.ids]
  const path = sent.route.path.replace(/(?<=\/):\w+/g, () => {
    const id = real(ids.shift() ?? '', world)
    return id === '' || isDots(id) ? 'x' : id
  })
  const headers = Object.entries({ ...sent.headers, 'x-timeout': '0', ...world.headers[sent.kind] })
  return server.request(sent.route.method, `${path}?${real(sent.query, world)}`, {
    headers: headers.map(([name, value]): [string, string] => [name, real(value, world)]),
    ...(sent.body === undefined
      ? {}
      : { body: typeof sent.body === 'string' ? real(sent.body, world) : sent.body }),
  })
}

const unavailable = [
  'GET /readyz',
  'GET /registry/discover/:id',
  'POST /webhooks/github',
  'POST /webhooks/github/:id',
]

/** The only ways to say 503: a backend or a setting that was not given, and a probe that tells of it. */
const mayBeUnavailable = (route: Route, code: unknown) =>
  code === 'no_backend' || unavailable.includes(nameOf(route))

async function checkAnswer(route: Route, answer: Response): Promise<void> {
  expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  const text = await answer.text()
  if (answer.status < 400) return
  if (nameOf(route) === 'GET /readyz' && answer.status === 503) return
  if (answer.headers.get('content-type') === 'application/a2a+json') return checkA2a(answer, text)
  if (route.path.endsWith('/mcp') && !answer.headers.get('content-type')?.includes('problem'))
    return checkRpc(answer, text)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  const problem = Problem.parse(JSON.parse(text))
  expect(problem.status).toBe(answer.status)
  if (answer.status >= 500)
    expect([problem, mayBeUnavailable(route, problem.code)]).toEqual([problem, true])
}

/** Routes of A2A refuse in the form of their binding: AIP-193. */
function checkA2a({ status }: Response, text: string): void {
  const { error } = JSON.parse(text) as { error: { code: number; message: string } }
  expect([error.code, status < 500, error.message !== '']).toEqual([status, true, true])
}

/** What MCP itself refuses is an error of JSON-RPC. */
function checkRpc({ status }: Response, text: string): void {
  const { error } = JSON.parse(text) as { error: { code: number; message: string } }
  expect([error.code < 0, status < 500, error.message !== '']).toEqual([true, true, true])
}

/** Nothing here is about what a power cut leaves. */
const inMemory = process.env.TEST_DATABASE_URL ? {} : { DATABASE_URL: 'sqlite::memory:' }

test('no request makes the server fail: whatever it is sent, it refuses with a problem document', {
  timeout: 60_000 + RUNS * 60,
}, async () => {
  const server = await testServer({ env: { RATE_LIMIT: '999999999', ...inMemory } })
  server.services.shutDown = async () => ({ agents_stopped: 0, agents_left: 0 })
  const routes = routesOf(server)
  const learned = await learn(server, routes)
  expect([...learned.values()].filter(({ body }) => body.length > 0).length).toBeGreaterThan(10)
  for (const [route, reads] of learned) reads.body.push(...(byProtocol[nameOf(route)] ?? []))
  const reader = (name: string) => [...learned].find(([route]) => nameOf(route) === name)?.[1]
  expect(reader('POST /workspaces')?.body).toEqual([NewWorkspace])
  const statuses = new Map<number, number>()
  onTestFinished(() => {
    if (process.env.FUZZ_RUNS) process.stdout.write(`answers: ${JSON.stringify([...statuses])}\n`)
  })

  let world = await givenWorld(server)
  let sentSoFar = 0
  await fc.assert(
    fc.asyncProperty(aRequest(learned), async (sent) => {
      if (sentSoFar++ % RENEW_EVERY === 0) world = await givenWorld(server)
      const answer = await send(server, sent, world)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      await checkAnswer(sent.route, answer)
    }),
    { numRuns: RUNS, seed: SEED },
  )

  expect(Object.prototype).not.toHaveProperty('isAdmin')
  const told = [...statuses.keys()]
  // A few requests, for repeating a failure, need not meet every kind of answer.
  if (RUNS >= 2000)
    expect(told).toEqual(expect.arrayContaining([200, 201, 202, 400, 401, 403, 404]))
  expect((await server.request('GET', '/health')).status).toBe(200)
})
