import { Writable } from 'node:stream'
import type { WorkspaceId } from '@molecule/contract/id'
import type { Problem } from '@molecule/contract/problem'
import { hostClient } from '@molecule/sdk/host'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { databaseOf } from '../db/handle.ts'
import { publish } from '../db/publish.ts'
import { transact } from '../db/transact.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

const valuesOf = async (server: TestServer, { id, agent }: { id: string; agent: string }) =>
  bodyOf<Record<string, string>>(
    await server.request('GET', `/workspaces/${id}/secrets/values`, bearer(agent)),
  )

const rowOf = (server: TestServer, id: string) => server.client.workspaces.get(id)

const countOf = async ({ db }: TestServer, table: 'audit' | 'events') =>
  (await db.selectFrom(table).selectAll().execute()).length

test('a secret is saved, listed without its value, handed to the workload and deleted', async () => {
  const server = await testServer()
  const { secrets } = server.client
  const worker = await givenHosted(server, { name: 'worker' })

  const saved = await secrets.global.save({ key: 'API_KEY', value: 'v1' })
  const list = await secrets.global.list()
  const values = await valuesOf(server, worker)
  const deleted = await secrets.global.remove('API_KEY')

  expect(saved).toMatchObject({ status: 'saved', key: 'API_KEY', changed: true })
  expect(list).toEqual([
    {
      key: 'API_KEY',
      has_value: true,
      scope: 'global',
      overrides_global: false,
      created_by: 'admin',
      created_at: expect.any(String),
      updated_at: expect.any(String),
    },
  ])
  expect(values).toEqual({ API_KEY: 'v1' })
  expect(deleted).toMatchObject({ status: 'deleted', key: 'API_KEY' })
  expect(await valuesOf(server, worker)).toEqual({})
})

test('what is said of the workspace wins over what is said of the org', async () => {
  const server = await testServer()
  const { secrets, workspaces } = server.client
  const worker = await givenHosted(server, { name: 'worker' })
  const other = await givenHosted(server, { name: 'other' })
  const env = { CONFIGURED: 'plain', BOTH: 'plain' }
  await workspaces.update(worker.id, { runtime_config: { command: 'cat', env } })
  for (const key of ['SHARED', 'OWN', 'CONFIGURED', 'BOTH'])
    await secrets.global.save({ key, value: `global ${key}` })
  await secrets.workspace.save(worker.id, { key: 'OWN', value: 'own' })
  await secrets.workspace.save(worker.id, { key: 'BOTH', value: 'own' })

  const list = await secrets.workspace.list(worker.id)

  expect(await valuesOf(server, worker)).toEqual({
    SHARED: 'global SHARED',
    OWN: 'own',
    BOTH: 'own',
  })
  expect(list.map(({ key, scope, overrides_global }) => [key, scope, overrides_global])).toEqual([
    ['BOTH', 'workspace', true],
    ['OWN', 'workspace', true],
    ['SHARED', 'global', false],
  ])
  expect(Object.keys(await valuesOf(server, other))).toHaveLength(4)
})

test('the same value again writes nothing', async () => {
  const server = await testServer()
  const { secrets } = server.client
  const worker = await givenHosted(server, { name: 'worker' })
  await secrets.global.save({ key: 'API_KEY', value: 'v1' })
  const before = await rowOf(server, worker.id)
  const counts = [await countOf(server, 'audit'), await countOf(server, 'events')]

  const again = await secrets.global.save({ key: 'API_KEY', value: 'v1' })

  expect(again).toMatchObject({ changed: false, needs_restart: [{ id: worker.id }] })
  expect(await rowOf(server, worker.id)).toEqual(before)
  expect([await countOf(server, 'audit'), await countOf(server, 'events')]).toEqual(counts)
})

test('LC-11: a change marks exactly those that get it, tells it to watchers and restarts nobody', async () => {
  const server = await testServer()
  const { secrets } = server.client
  const plain = await givenHosted(server, { name: 'plain' })
  const overriding = await givenHosted(server, { name: 'overriding' })
  const outside = await server.client.workspaces.create({ name: 'outside', external: true })
  const removed = await givenHosted(server, { name: 'removed' })
  await server.client.workspaces.remove(removed.id)
  const own = await secrets.workspace.save(overriding.id, { key: 'API_KEY', value: 'own' })
  const rows = async () =>
    Promise.all([plain, overriding, outside].map(({ id }) => rowOf(server, id)))
  const before = await rows()
  // What happened so far has its numbers before the change is made.
  const since = await publish(databaseOf(server.db))

  const saved = await secrets.global.save({ key: 'API_KEY', value: 'v1' })

  const after = await rows()
  expect(own.needs_restart).toEqual([{ id: overriding.id, name: 'overriding' }])
  expect(saved.needs_restart).toEqual([{ id: plain.id, name: 'plain' }])
  expect(await secrets.global.dependents('API_KEY')).toEqual({
    key: 'API_KEY',
    dependents: [{ id: plain.id, name: 'plain' }],
  })
  expect(after.map((row, at) => row.generation - (before[at]?.generation ?? 0))).toEqual([1, 0, 0])
  expect(after.map((row) => row.needs_restart)).toEqual([true, true, false])
  expect(after.map((row) => row.incarnation)).toEqual(before.map((row) => row.incarnation))
  const { events } = await server.client.events({ since })
  expect(events.map(({ event, workspace_id, actor }) => [event, workspace_id, actor])).toEqual([
    ['WORKSPACE_UPDATED', plain.id, 'admin'],
  ])
})

test('deleting an override lets the global value through and marks the one workspace', async () => {
  const server = await testServer()
  const { secrets } = server.client
  const worker = await givenHosted(server, { name: 'worker' })
  await givenHosted(server, { name: 'other' })
  await secrets.global.save({ key: 'API_KEY', value: 'global' })
  await secrets.workspace.save(worker.id, { key: 'API_KEY', value: 'own' })

  const deleted = await secrets.workspace.remove(worker.id, 'API_KEY')

  expect(deleted.needs_restart).toEqual([{ id: worker.id, name: 'worker' }])
  expect(await valuesOf(server, worker)).toEqual({ API_KEY: 'global' })
})

test.each([
  ['MOLECULE_TOKEN_FILE', 'is set by the platform'],
  ['WORKSPACE_ID', 'is set by the platform'],
  ['PLATFORM_URL', 'is set by the platform'],
  ['PATH', 'or decides what programs load'],
  ['LD_PRELOAD', 'or decides what programs load'],
  ['NODE_OPTIONS', 'or decides what programs load'],
  ['JAVA_TOOL_OPTIONS', 'or decides what programs load'],
  ['GIT_CONFIG_GLOBAL', 'or decides what programs load'],
  ['with-dash', 'a name as environment variables have'],
  ['1ST', 'a name as environment variables have'],
  ['A'.repeat(129), 'a name as environment variables have'],
  ['', 'a name as environment variables have'],
])('CM-76: the name %s is refused with the reason', async (key, reason) => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })

  for (const path of ['/settings/secrets', `/workspaces/${worker.id}/secrets`]) {
    const answer = await server.request('PUT', path, {
      body: JSON.stringify({ key, value: 'sensitive-4711' }),
    })
    const text = await answer.text()
    expect(answer.status).toBe(400)
    const [field] = (JSON.parse(text) as Problem).fields ?? []
    expect(field).toMatchObject({ path: 'key', message: expect.stringContaining(reason) })
    expect(text).not.toContain('sensitive-4711')
  }
  expect(await server.db.selectFrom('secrets').selectAll().execute()).toEqual([])
})

test.each([
  ['an empty value', { key: 'A', value: '' }, 'value'],
  ['no value', { key: 'A' }, 'value'],
  ['a value too large for an environment', { key: 'A', value: 'é'.repeat(32_769) }, 'value'],
])('%s is refused, naming the field', async (_, body, path) => {
  const server = await testServer()

  const answer = await server.request('POST', '/settings/secrets', { body: JSON.stringify(body) })

  expect(answer.status).toBe(400)
  expect((await bodyOf<Problem>(answer)).fields).toMatchObject([{ path }])
})

test('the largest value, and any text, comes back as it was', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const values = { LARGE: 'é'.repeat(32_768), LINES: 'a\nb\r\n"\'$X`', __proto__: 'p' } as const
  for (const [key, value] of [...Object.entries(values), ['__proto__', 'p']] as [string, string][])
    await server.client.secrets.global.save({ key, value })

  const answer = await server.request('GET', '/host/secrets', bearer(worker.host))

  expect(answer.headers.get('cache-control')).toBe('no-store')
  const found = Object.entries(await bodyOf<Record<string, string>>(answer))
  expect(new Map(found)).toEqual(
    new Map([
      ['LARGE', values.LARGE],
      ['LINES', values.LINES],
      ['__proto__', 'p'],
    ]),
  )
})

test('what does not exist cannot be deleted, asked for or written to', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const gone = await givenHosted(server, { name: 'gone' })
  await server.client.secrets.workspace.save(gone.id, { key: 'A', value: 'v' })
  await server.client.workspaces.remove(gone.id)
  const body = JSON.stringify({ key: 'A', value: 'v' })

  const statuses = await Promise.all(
    (
      [
        ['DELETE', '/settings/secrets/NOPE'],
        ['DELETE', '/admin/secrets/NOPE'],
        ['DELETE', `/workspaces/${worker.id}/secrets/NOPE`],
        ['GET', '/settings/secrets/NOPE/dependents'],
        ['GET', `/workspaces/${crypto.randomUUID()}/secrets`],
        ['PUT', `/workspaces/${crypto.randomUUID()}/secrets`],
        ['GET', `/workspaces/${gone.id}/secrets`],
        ['PUT', `/workspaces/${gone.id}/secrets`],
      ] as const
    ).map(async ([method, path]) => {
      const init = method === 'PUT' ? { body } : {}
      return (await server.request(method, path, init)).status
    }),
  )

  expect(statuses).toEqual([404, 404, 404, 404, 404, 404, 404, 410])
  expect(await server.db.selectFrom('secrets').selectAll().execute()).toEqual([])
})

test('LC-49: /admin/secrets is the same as /settings/secrets', async () => {
  const server = await testServer()

  const saved = await server.request('POST', '/admin/secrets', {
    body: JSON.stringify({ key: 'A', value: 'v', comment: 'ignored' }),
  })
  const list = await server.request('GET', '/admin/secrets')

  expect(saved.headers.get('molecule-ignored-fields')).toBe('comment')
  expect(await bodyOf(list)).toEqual(await server.client.secrets.global.list())
  expect((await server.request('DELETE', '/admin/secrets/A')).status).toBe(200)
  expect(await server.client.secrets.global.list()).toEqual([])
})

test('CM-80: values go to the workload they belong to, and to nobody else', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const other = await givenHosted(server, { name: 'other' })
  await server.client.secrets.workspace.save(worker.id, { key: 'API_KEY', value: 'v1' })
  const own = `/workspaces/${worker.id}/secrets`
  const statusOf = async (method: string, path: string, token: string) =>
    (
      await server.request(method, path, {
        ...bearer(token),
        ...(method === 'GET' ? {} : { body: JSON.stringify({ key: 'X', value: 'y' }) }),
      })
    ).status

  expect(await statusOf('GET', `${own}/values`, worker.agent)).toBe(200)
  expect(await statusOf('GET', '/host/secrets', worker.host)).toBe(200)
  for (const token of [server.adminToken, other.agent, worker.host, worker.boot])
    expect([401, 403]).toContain(await statusOf('GET', `${own}/values`, token))
  for (const token of [server.adminToken, worker.agent, worker.boot])
    expect([401, 403]).toContain(await statusOf('GET', '/host/secrets', token))

  expect(await statusOf('GET', own, worker.agent)).toBe(200)
  expect(await statusOf('GET', own, other.agent)).toBe(403)
  for (const [method, path] of [
    ['PUT', own],
    ['POST', own],
    ['DELETE', `${own}/API_KEY`],
    ['GET', '/settings/secrets'],
    ['PUT', '/settings/secrets'],
    ['POST', '/settings/secrets/restart-dependents'],
    ['POST', '/admin/secrets/rotate-key'],
  ] as const)
    expect([path, await statusOf(method, path, worker.agent)]).toEqual([path, 403])
})

test('the first fetch of a host ends the boot credential, and an earlier start gets nothing', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const host = hostClient({ baseUrl: server.url, token: worker.host })
  await server.client.secrets.global.save({ key: 'API_KEY', value: 'v1' })

  expect(await host.secrets()).toEqual({ API_KEY: 'v1' })

  const boot = await server.request('POST', '/host/enrol', bearer(worker.boot))
  await transact(server.db, (tx) =>
    tx.updateTable('workspaces').set({ incarnation: 8 }).where('id', '=', worker.id).execute(),
  )
  expect(boot.status).toBe(401)
  await expect(host.secrets()).rejects.toMatchObject({ code: 'fenced' })
  const own = await server.request(
    'GET',
    `/workspaces/${worker.id}/secrets/values`,
    bearer(worker.agent),
  )
  expect(own.status).toBe(409)
})

test('CM-79, CM-75: one row that was tampered with or moved fails all of them by name, until it is saved again', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const other = await givenHosted(server, { name: 'other' })
  const { secrets } = server.client
  await secrets.global.save({ key: 'GOOD', value: 'good' })
  await secrets.workspace.save(worker.id, { key: 'BAD', value: 'mine' })
  await secrets.workspace.save(other.id, { key: 'BAD', value: 'theirs' })
  const of = (id: WorkspaceId) =>
    server.db
      .selectFrom('secrets')
      .select('ciphertext')
      .where('workspaceId', '=', id)
      .executeTakeFirstOrThrow()
  const { ciphertext } = await of(other.id)
  await transact(server.db, (tx) =>
    tx.updateTable('secrets').set({ ciphertext }).where('workspaceId', '=', worker.id).execute(),
  )

  for (const [path, token] of [
    [`/workspaces/${worker.id}/secrets/values`, worker.agent],
    ['/host/secrets', worker.host],
  ] as const) {
    const answer = await server.request('GET', path, bearer(token))
    expect(answer.status).toBe(500)
    const problem = await bodyOf<Problem>(answer)
    expect(problem).toMatchObject({
      code: 'secrets_unreadable',
      retryable: false,
      extra: { failed_keys: ['BAD'] },
    })
    expect(JSON.stringify(problem)).not.toMatch(/good|mine|theirs/)
  }

  expect(await secrets.workspace.save(worker.id, { key: 'BAD', value: 'new' })).toMatchObject({
    changed: true,
  })
  expect(await valuesOf(server, worker)).toEqual({ GOOD: 'good', BAD: 'new' })
})

test('CM-99: no answer to people, no log line, event or audit row shows a value', async () => {
  const lines: string[] = []
  const sink = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk))
      done()
    },
  })
  const server = await testServer({ log: pino({ level: 'trace' }, sink) })
  const worker = await givenHosted(server, { name: 'worker' })
  const value = 'sensitive-4711'
  const answers: string[] = []
  const ask = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await server.request(method, path, init)
    answers.push(JSON.stringify([...answer.headers]), await answer.text())
  }
  const own = `/workspaces/${worker.id}/secrets`

  for (const path of ['/settings/secrets', own]) {
    await ask('PUT', path, { key: 'API_KEY', value })
    await ask('PUT', path, { key: 'API_KEY', value })
    await ask('PUT', path, { key: 'API-KEY', value })
    await ask('PUT', path, { key: 'API_KEY', value, also: value })
    await ask('GET', path)
  }
  await ask('GET', '/settings/secrets/API_KEY/dependents')
  await ask('POST', '/settings/secrets/restart-dependents', {})
  await ask('POST', '/admin/secrets/rotate-key', {})
  await ask('DELETE', '/settings/secrets/API_KEY')
  await ask('GET', `/workspaces/${worker.id}`)
  await ask('GET', '/events?since=0')
  await ask('GET', '/canvas/snapshot')
  expect(await valuesOf(server, worker)).toEqual({ API_KEY: value })

  const { db } = server
  const audit = await db.selectFrom('audit').selectAll().orderBy('seq').execute()
  const events = await db.selectFrom('events').selectAll().execute()
  const stored = await db.selectFrom('secrets').selectAll().execute()
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['secret.save', 'secret.delete', 'secret_key.rotate']),
  )
  expect(lines.length).toBeGreaterThan(10)
  expect(answers.join()).toContain('API_KEY')
  for (const seen of [answers, lines, audit, events, stored])
    expect(JSON.stringify(seen)).not.toContain(value)
})

test('there is an end to how many there may be', async () => {
  const server = await testServer()
  const { db, client, installation } = server
  await client.secrets.global.save({ key: 'A', value: 'v' })
  const { keyVersion } = await db.selectFrom('secrets').selectAll().executeTakeFirstOrThrow()
  await transact(db, async (tx) => {
    for (let n = 1; n < 500; n++)
      await tx
        .insertInto('secrets')
        .values({
          id: `id ${n}`,
          orgId: installation.orgId,
          name: `N${n}`,
          ciphertext: '',
          keyVersion,
          createdBy: 'admin',
          createdAt: 1,
          updatedAt: 1,
        })
        .execute()
  })

  await expect(client.secrets.global.save({ key: 'B', value: 'v' })).rejects.toMatchObject({
    code: 'limit_reached',
  })
  expect(await client.secrets.global.save({ key: 'A', value: 'w' })).toMatchObject({
    changed: true,
  })
})
