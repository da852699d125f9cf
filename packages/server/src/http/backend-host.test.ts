import { type Workload, type WorkloadVerb, workloadKey } from '@molecule/contract/backend-host'
import { expect, test } from 'vitest'
import { type Backend, StopUnproven } from '../backend/backend.ts'
import { collect, until } from '../backend/conformance.ts'
import { servedBackend } from '../backend/serve/served-backend.ts'
import type { Secret } from '../lib/secret.ts'
import { behaviours } from '../testing/behaviours.ts'
import { givenControlPlane, givenTenantToken } from '../testing/given-control-plane.ts'
import { givenProcessBackend } from '../testing/given-process-backend.ts'
import { memoryBackend } from '../testing/memory-backend.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const never = new AbortController().signal
const workload = {
  owner: { install_id: 'install', node_id: 'node' },
  workspace_id: 'w',
  incarnation: 1,
}
const start = {
  ...workload,
  runtime: 'command',
  tier: 1,
  boot: { url: 'http://127.0.0.1:1', credential: 'boot-secret' },
}

const ask = (
  server: TestServer,
  token: Secret | undefined,
  verb: WorkloadVerb,
  body: Workload,
  key = workloadKey(verb, body),
) =>
  server.request('POST', `/backend/v1/${verb}`, {
    headers: {
      'idempotency-key': key,
      authorization: `Bearer ${token?.reveal() ?? server.adminToken}`,
    },
    body: JSON.stringify(body),
  })

test('a server that offers nothing answers 404, and says which setting offers', async () => {
  const server = await testServer()
  const token = await givenTenantToken(server)

  const answer = await ask(server, token, 'start', start)
  const toAdmin = await server.request('GET', '/backend/v1/offer')

  expect([answer.status, toAdmin.status]).toEqual([404, 404])
  expect(await answer.json()).toMatchObject({
    hint: expect.stringContaining('MOLECULE_SERVE_BACKENDS'),
  })
})

test('only a named token of the org with the right may use what is offered', async () => {
  const backend = memoryBackend()
  const server = await testServer({ served: servedBackend(backend) })
  const other = await givenTenantToken(server, { scopes: ['workspaces:write', 'audit:read'] })
  const nameless = await givenTenantToken(server, { name: null })

  const refused = await Promise.all(
    [undefined, other, nameless].map((token) => ask(server, token, 'start', start)),
  )

  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403])
  const said = await Promise.all(refused.map((each) => bodyOf<{ detail: string }>(each)))
  expect(said.map(({ detail }) => detail)).toEqual([
    'this is for other servers, which have a token of the org',
    'this needs the right backends:use',
    'this token has no name, and tenants are known by theirs',
  ])
  const admitted = await ask(server, await givenTenantToken(server), 'start', start)
  expect(admitted.status).toBe(200)
})

test.each([
  ['the key of another incarnation', 'stop', { ...workload, incarnation: 2 }],
  ['a folder of the machine', 'start', { ...start, workspace_dir: '/srv' }],
  ['an id that leads elsewhere', 'stop', { ...workload, workspace_id: '../..' }],
  ['a tier of its own making', 'start', { ...start, tier: 5 }],
] as const)('a call with %s is refused', async (_, verb, body) => {
  const backend = memoryBackend()
  const server = await testServer({ served: servedBackend(backend) })

  const key = `${verb}:install:node:w:1`
  const answer = await ask(server, await givenTenantToken(server), verb, body, key)

  expect(answer.status).toBe(400)
})

test('LC-61 one tenant can neither see, stop, read nor remove what another runs, though it knows every id', async () => {
  const plane = await givenControlPlane(
    await givenProcessBackend(behaviours['prints three lines and waits']),
  )
  const { backend: ours, inner, innerOf, reach, server, spec, owner } = plane
  const theirs = reach({ token: await givenTenantToken(server, { name: 'rival' }) })
  const wanted = spec()
  const handle = await ours.start(wanted, never)
  const lines = (of: Backend) =>
    collect(of.logs?.(handle, { tailLines: 9 }, never) ?? expect.fail('no logs'))
  await until(async () => (await lines(ours)).length === 3)

  const seen = await theirs.inspect(handle, never)
  const listed = await collect(theirs.list(owner, never))
  const read = await lines(theirs)
  await theirs.stop(handle, never)
  await theirs.purge?.(handle, never)

  expect([seen, listed, read]).toEqual(['absent', [], []])
  expect(await ours.inspect(handle, never)).toBe('running')
  expect(await plane.isStored(handle)).toBe(true)
  await theirs.start(wanted, never)
  expect(await inner.backend.inspect(innerOf(handle, 'rival'), never)).toBe('running')
  expect((await collect(ours.list(owner, never))).length).toBe(1)
  await theirs.stop(handle, never)
  expect(await ours.inspect(handle, never)).toBe('running')
})

test('what a workload is told once is in no answer, no row and no log, also when the start fails', async () => {
  const backend = memoryBackend()
  const server = await testServer({ served: servedBackend(backend) })
  const token = await givenTenantToken(server)
  const logged: string[] = []
  for (const level of ['warn', 'error'] as const)
    server.services.log[level] = (fields, message) =>
      void logged.push(JSON.stringify(fields) + message)
  backend.fail.start = 'cannot write {"credential":"boot-secret"}'

  const failed = await (await ask(server, token, 'start', start)).text()
  delete backend.fail.start
  const started = await (await ask(server, token, 'start', start)).text()

  expect(failed).toContain('cannot write')
  const rows = await server.db
    .selectFrom('audit')
    .selectAll()
    .where('entity', '=', 'workload')
    .execute()
  const all = [failed, started, JSON.stringify(rows), ...logged]
  for (const text of all) expect(text).not.toContain('boot-secret')
  expect(rows).toHaveLength(2)
})

test('every start, stop and removal is in the audit log before it happens, with the tenant', async () => {
  const backend = memoryBackend()
  const server = await testServer({ served: servedBackend(backend) })
  const token = await givenTenantToken(server)
  backend.fail.stop = 'no answer'

  await ask(server, token, 'start', start)
  const unproven = await ask(server, token, 'stop', workload)
  await ask(server, token, 'purge', workload)

  expect(unproven.status).toBe(409)
  const rows = await server.db
    .selectFrom('audit')
    .selectAll()
    .where('entity', '=', 'workload')
    .orderBy('seq')
    .execute()
  expect(rows.map(({ action }) => action)).toEqual([
    'backend.start',
    'backend.stop',
    'backend.purge',
  ])
  for (const { actor, entityId, after } of rows) {
    expect(actor).toMatch(/^token:/)
    expect([entityId, JSON.parse(after ?? '')]).toEqual([
      'install/w/1',
      { tenant: 'other', node_id: 'node' },
    ])
  }
})

test('a list comes in pages that fit together', async () => {
  const inner = memoryBackend()
  const owner = { installId: 'install', nodeId: 'node' }
  const plane = await givenControlPlane({
    backend: inner,
    anew: () => inner,
    owner,
    spec: () => ({
      ...{ workspaceId: 'w', incarnation: 1, owner, runtime: 'command', tier: 1 },
      ...{ workspaceDir: null, boot: start.boot },
    }),
    aliveCount: async () => 0,
    isStored: async () => false,
    endsWithHost: true,
  })
  const ids = Array.from({ length: 450 }, (_, n) => `w${n}`)
  for (const workspaceId of ids) {
    const spec = { ...plane.spec(), workspaceId }
    await inner.start({ ...spec, ...plane.innerOf({ ...spec, backend: inner.id }) }, never)
  }

  const listed = await collect(plane.backend.list(plane.owner, never))

  expect(listed.map(({ handle }) => handle.workspaceId).toSorted()).toEqual(ids.toSorted())
})

test('too many calls at once are refused for the moment, and starts keep nobody from stopping', async () => {
  const backend = memoryBackend()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const slow: Backend = {
    ...backend,
    async start(spec, signal) {
      await gate
      return backend.start(spec, signal)
    },
  }
  const server = await testServer({ served: servedBackend(slow) })
  const token = await givenTenantToken(server)

  const starts = Array.from({ length: 40 }, () => ask(server, token, 'start', start))
  const refused = await Promise.race(starts)
  const stopped = await ask(server, token, 'stop', { ...workload, workspace_id: 'v' })
  open()

  expect(refused.status).toBe(429)
  expect(await refused.json()).toMatchObject({ code: 'rate_limited', retryable: true })
  expect(stopped.status).toBe(200)
  await Promise.all(starts)
})

test('a stop that is not proven is told as such', async () => {
  const backend = memoryBackend()
  const { backend: ours, spec } = await givenControlPlane({
    ...(await givenProcessBackend(behaviours.waits)),
    backend,
  })
  const handle = await ours.start(spec(), never)
  backend.fail.stop = 'two processes are left'

  await expect(ours.stop(handle, never)).rejects.toThrow(StopUnproven)
  await expect(ours.stop(handle, never)).rejects.toThrow('two processes are left')
  delete backend.fail.stop
})

test('a start is given up when the caller hangs up; a stop goes on', async () => {
  const backend = memoryBackend()
  const outcome: string[] = []
  const held = (what: string, signal: AbortSignal) => {
    outcome.push(`${what} has begun`)
    return new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => {
        outcome.push(`${what} is given up`)
        reject(signal.reason)
      }),
    )
  }
  const slow: Backend = {
    ...backend,
    start: (_, signal) => held('the start', signal),
    stop: (_, signal) => held('the stop', signal),
  }
  const { backend: ours, owner } = await givenControlPlane({
    ...(await givenProcessBackend(behaviours.waits)),
    backend: slow,
  })
  const spec = { workspaceId: 'w', incarnation: 1, owner, runtime: 'command' }
  const wanted = { ...spec, tier: 1, workspaceDir: null, boot: start.boot }
  const callThat = async (call: (signal: AbortSignal) => Promise<unknown>, last: string) => {
    const patience = new AbortController()
    const called = call(patience.signal).catch(() => 'hung up')
    await until(async () => outcome.at(-1) === last)
    patience.abort()
    return called
  }

  await callThat((signal) => ours.start(wanted, signal), 'the start has begun')
  await until(async () => outcome.at(-1) === 'the start is given up')
  const handle = { ...wanted, backend: ours.id }
  await callThat((signal) => ours.stop(handle, signal), 'the stop has begun')
  await ours.inspect(handle, never)

  expect(outcome).toEqual(['the start has begun', 'the start is given up', 'the stop has begun'])
})
