import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { givenCuttingProxy } from '../../../../../tests/e2e/harness/cutting-proxy.ts'
import { dbNow } from '../../db/dialect/dialect.ts'
import { transact } from '../../db/transact.ts'
import { mintCredential } from '../../domain/identity/credential-store.ts'
import { Secret } from '../../lib/secret.ts'
import { behaviours } from '../../testing/behaviours.ts'
import { givenControlPlane } from '../../testing/given-control-plane.ts'
import { givenProcessBackend } from '../../testing/given-process-backend.ts'
import { testServer } from '../../testing/test-server.ts'
import { handleFor, StopUnproven } from '../backend.ts'
import { collect, until } from '../conformance.ts'
import { servedBackend } from '../serve/served-backend.ts'
import { type ControlPlaneOptions, controlPlaneBackend } from './control-plane-backend.ts'

const never = new AbortController().signal
const paths = {
  start: '/backend/v1/start',
  stop: '/backend/v1/stop',
  inspect: '/backend/v1/inspect',
} as const
const every = 4

/** More than a client tries: it has to give up. */
const always = (side: 'request' | 'answer') => Array.from({ length: every }, () => side)

async function givenProxied() {
  const plane = await givenControlPlane(await givenProcessBackend(behaviours.waits))
  const front = new URL(plane.server.url)
  const proxy = await givenCuttingProxy(front)
  return { ...plane, front, proxy, proxied: plane.reach({ url: proxy.url }) }
}

type Asked = { path: string; body: Record<string, unknown>; key: string | undefined }

/** Something that listens where a control plane should. */
async function givenListener(
  answer: (asked: Asked) => { status: number; body: unknown } | 'nothing',
  limitsMs: NonNullable<ControlPlaneOptions['limitsMs']> = {},
) {
  const asked: Asked[] = []
  const listener: RequestListener = (request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      const key = request.headers['idempotency-key'] as string | undefined
      const one = { path: request.url ?? '', body: JSON.parse(text || '{}'), key }
      asked.push(one)
      const given = answer(one)
      if (given === 'nothing') return
      const body = typeof given.body === 'string' ? given.body : JSON.stringify(given.body)
      response.writeHead(given.status).end(body)
    })
  }
  const server = createServer(listener)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const backend = controlPlaneBackend({ url, token: new Secret('mol_secret'), limitsMs })
  onTestFinished(async () => {
    await backend.close?.()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const owner = { installId: 'install', nodeId: 'node' }
  const place = { runtime: 'command', tier: 1, workspaceDir: null }
  const boot = { url: 'http://127.0.0.1:1', credential: 'boot-secret' }
  const spec = { workspaceId: 'w', incarnation: 3, owner, boot, ...place }
  return { backend, asked, owner, spec, handle: handleFor(backend.id, spec) }
}

const offer = {
  capabilities: { logs: true, volumes: true, images: true, resource_limits: true },
  start_limit_ms: 60_000,
  check: { ok: true, detail: 'docker: ready' },
}

test.each([
  [400, '{}'],
  [401, '{}'],
  [403, '{}'],
  [404, '<html>no such page</html>'],
  [409, '{}'],
  [429, '{}'],
  [500, ''],
  [502, 'bad gateway'],
  [302, ''],
  [200, '<html>log in to this network</html>'],
  [200, '{"ok": true}'],
  [200, '{"state": "running"}'],
])(
  'LC-39b the answer %i %s proves no stop and no removal, and says nothing of what runs',
  async (status, body) => {
    const { backend, owner, handle } = await givenListener(() => ({ status, body }))

    await expect(backend.stop(handle, never)).rejects.toThrow(StopUnproven)
    await expect(backend.purge?.(handle, never)).rejects.toThrow(StopUnproven)
    await expect(collect(backend.list(owner, never))).rejects.toThrow('127.0.0.1')
    if (!body.includes('running')) expect(await backend.inspect(handle, never)).toBe('unknown')
  },
)

test('a control plane that takes calls and never answers makes it unknown, a stop unproven and a start failed', async () => {
  const limitsMs = { look: 40, stop: 40, list: 40, logs: 40 }
  const { backend, owner, spec, handle } = await givenListener(() => 'nothing', limitsMs)

  expect(await backend.inspect(handle, never)).toBe('unknown')
  await expect(backend.stop(handle, never)).rejects.toThrow(StopUnproven)
  await expect(backend.start(spec, never)).rejects.toThrow('did not answer within 0.04 s')
  await expect(collect(backend.list(owner, never))).rejects.toThrow('did not answer')
  expect(await backend.check?.(never)).toMatchObject({ ok: false })
})

test('nobody at that address makes it unknown, and the start says where nobody is', async () => {
  const { backend, spec, handle } = await givenListener(() => 'nothing')
  const unreachable = controlPlaneBackend({ url: 'http://127.0.0.1:1', token: new Secret('x') })

  expect(await unreachable.inspect(handle, never)).toBe('unknown')
  await expect(unreachable.stop(handle, never)).rejects.toThrow(StopUnproven)
  await expect(unreachable.start(spec, never)).rejects.toThrow(
    'the control plane does not answer at http://127.0.0.1:1 (connect ECONNREFUSED',
  )
  expect(backend.capabilities.localToNode).toBe(false)
})

test('LC-39c a stop names the very workload that a start made, and repeats its key', async () => {
  let failures = 2
  const { backend, asked, spec, handle } = await givenListener(({ path }) => {
    if (path.endsWith('offer')) return { status: 200, body: offer }
    if (path.endsWith('start')) return { status: 200, body: { backend: 'docker' } }
    return failures-- > 0 ? { status: 503, body: '' } : { status: 200, body: { state: 'absent' } }
  })

  const started = await backend.start(spec, never)
  await backend.stop(started, never)

  const [start, ...stops] = asked.filter(({ path }) => !path.endsWith('offer'))
  const workload = {
    owner: { install_id: 'install', node_id: 'node' },
    workspace_id: 'w',
    incarnation: 3,
  }
  expect(start).toMatchObject({ body: workload, key: 'start:install:node:w:3' })
  expect(stops).toHaveLength(3)
  for (const { body, key } of stops)
    expect({ body, key }).toEqual({
      body: { ...workload, backend: 'docker' },
      key: 'stop:install:node:w:3',
    })
  expect(started).toEqual({ ...handle, within: 'docker' })
})

test('LC-62 of what a control plane answers, only what a handle has is taken', async () => {
  const { backend, spec, handle } = await givenListener(({ path }) => ({
    status: 200,
    body: path.endsWith('offer')
      ? offer
      : { backend: 'docker', image: 'sha256:1', env: { PATH: '/evil' }, url: 'http://evil' },
  }))

  const started = await backend.start(spec, never)

  expect(started).toEqual({ ...handle, within: 'docker', image: 'sha256:1' })
  expect(backend.capabilities).toEqual({
    ...{ localToNode: false, logs: true, volumes: true, images: true, resourceLimits: true },
  })
  expect(backend.startLimitMs).toBeGreaterThan(offer.start_limit_ms)
})

test('LC-39h a list that lacks its last page is no list', async () => {
  const first = {
    workloads: [{ workspace_id: 'a', incarnation: 1, backend: 'process' }],
    next: 'a/1',
  }
  const { backend, owner } = await givenListener(({ body }) =>
    body.after === undefined ? { status: 200, body: first } : { status: 404, body: '' },
  )

  await expect(collect(backend.list(owner, never))).rejects.toThrow('answered 404')
})

test.each([['"line 1"\n'], ['"line 1"\n"li'], ['']])(
  'a log that breaks off after %j is not taken for the whole',
  async (body) => {
    const { backend, handle } = await givenListener(() => ({ status: 200, body }))

    const lines = backend.logs?.(handle, { tailLines: 5 }, never) ?? expect.fail('no logs')

    await expect(collect(lines)).rejects.toThrow('cut short')
  },
)

test('a folder of this machine is refused before anything is asked', async () => {
  const { backend, asked, spec } = await givenListener(() => 'nothing')

  const started = backend.start({ ...spec, workspaceDir: '/srv/work' }, never)

  await expect(started).rejects.toThrow('/srv/work is a folder of this machine')
  expect(asked).toEqual([])
})

test('LC-39f a start whose call and answers are lost on the way makes one workload', async () => {
  const { proxy, proxied, spec, aliveCount } = await givenProxied()
  proxy.cut(paths.start, ['request', 'answer', 'answer'])

  const handle = await proxied.start(spec(), never)

  await until(async () => (await aliveCount(handle)) === 1)
  expect(proxy.left()).toEqual([])
  await proxied.stop(handle, never)
  expect(await aliveCount(handle)).toBe(0)
})

test('LC-39e a start that nobody ever heard of is found by what was written down before it', async () => {
  const { proxy, proxied, reach, spec, owner, aliveCount } = await givenProxied()
  const wanted = spec()
  const written = handleFor(proxied.id, wanted)
  proxy.cut(paths.start, always('answer'))
  await expect(proxied.start(wanted, never)).rejects.toThrow('does not answer')
  await until(async () => (await aliveCount(written)) === 1)

  const observed = await reach().inspect(written, never)
  const listed = await collect(reach().list(owner, never))
  await reach().stop(written, never)

  expect(observed).toBe('running')
  expect(listed).toMatchObject([{ handle: written }])
  expect(await aliveCount(written)).toBe(0)
})

test('LC-39g a stop whose answers are lost is not proven, and the next one finds nothing left to do', async () => {
  const { proxy, proxied, spec, aliveCount } = await givenProxied()
  const handle = await proxied.start(spec(), never)
  await until(async () => (await aliveCount(handle)) === 1)
  proxy.cut(paths.stop, always('answer'))

  await expect(proxied.stop(handle, never)).rejects.toThrow(StopUnproven)
  await until(async () => (await aliveCount(handle)) === 0)
  await proxied.stop(handle, never)

  expect(await proxied.inspect(handle, never)).toBe('absent')
})

test('a look that is lost again and again says unknown, never absent', async () => {
  const { proxy, proxied, spec } = await givenProxied()
  const handle = handleFor(proxied.id, spec())
  proxy.cut(paths.inspect, always('answer'))

  expect(await proxied.inspect(handle, never)).toBe('unknown')
  expect(await proxied.inspect(handle, never)).toBe('absent')
})

test('what runs is found after the control plane has restarted, with another token of the same name', async () => {
  const { front, proxied, inner, spec, token, server, aliveCount } = await givenProxied()
  const handle = await proxied.start(spec(), never)
  await until(async () => (await aliveCount(handle)) === 1)

  await server.close()
  expect(await proxied.inspect(handle, never)).toBe('unknown')
  const next = await testServer({ served: servedBackend(inner.anew()) })
  await transact(next.db, async (tx) =>
    mintCredential(tx, {
      orgId: next.installation.orgId,
      kind: 'org_token',
      name: 'other',
      scopes: ['backends:use'],
      token: token.reveal(),
      now: await dbNow(tx),
    }),
  )
  front.port = new URL(next.url).port

  expect(await proxied.inspect(handle, never)).toBe('running')
  await proxied.stop(handle, never)
  expect(await aliveCount(handle)).toBe(0)
})

test('a token that is not valid makes it unknown, and the check names the refusal', async () => {
  const { backend, reach, spec, aliveCount } = await givenProxied()
  const handle = await backend.start(spec(), never)
  const stranger = reach({ token: new Secret('mol_org_token_made-up') })

  expect(await stranger.inspect(handle, never)).toBe('unknown')
  await expect(stranger.stop(handle, never)).rejects.toThrow(StopUnproven)
  const said = { ok: false, detail: expect.stringContaining('this credential is not valid') }
  expect(await stranger.check?.(never)).toMatchObject(said)
  await until(async () => (await aliveCount(handle)) === 1)
  await backend.stop(handle, never)
})
