import type { AuditHead, AuditRecord, AuditVerdict } from '@molecule/contract/audit'
import { expect, test } from 'vitest'
import { openAdminCredential } from '../boot/admin-credential.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import { Secret } from '../lib/secret.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const create = (server: TestServer, name: string, more: object = {}) =>
  server.client.workspaces.create({ name, runtime_config: { command: 'cat' }, ...more })

async function recordsOf(server: TestServer, query: Parameters<typeof list>[1] = {}) {
  return (await list(server, query)).records
}

const list = (server: TestServer, query: Parameters<TestServer['client']['audit']['list']>[0]) =>
  server.client.audit.list(query)

async function linesOf(server: TestServer, query = {}) {
  let text = ''
  for await (const piece of server.client.audit.export(query)) text += piece
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('a first start records who may administer', async () => {
  const server = await testServer()

  expect(await recordsOf(server)).toMatchObject([
    { seq: 1, action: 'admin_credential.change', actor: 'system', before: { valid: [] } },
  ])
})

test('another admin credential at a start is recorded, the same one is not', async () => {
  const server = await testServer()
  const options = { dataDir: server.dataDir, orgId: server.services.orgId }

  await openAdminCredential(server.db, { ...options, given: undefined })
  await openAdminCredential(server.db, { ...options, given: new Secret('another-admin-token') })

  const rows = await server.db.selectFrom('audit').selectAll().orderBy('seq').execute()
  expect(rows).toHaveLength(2)
  const [first, second] = rows.map(({ before, after }) => [before, after].map((one) => one ?? ''))
  expect(second?.[0]).toBe(first?.[1])
  expect(JSON.stringify(rows)).not.toContain('another-admin-token')
})

test('a person is named with credential, trace and address', async () => {
  const server = await testServer()
  const link = await server.client.session.link({ name: 'ada', role: 'operator' })
  const body = JSON.stringify({ token: new URL(link.url).hash.slice(1) })
  const login = await server.request('POST', '/auth/login', { headers: {}, body })
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(login)
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
  const headers = { cookie, 'x-csrf-token': csrf_token }

  const answer = await server.request('POST', '/workspaces', {
    headers,
    body: JSON.stringify({ name: 'Echo', runtime_config: { command: 'cat' } }),
  })
  await server.request('POST', '/auth/logout', { headers })

  const records = (await recordsOf(server, { limit: 4 })).reverse()
  expect(records.map(({ action, actor }) => [action, actor])).toEqual([
    ['login_link.create', 'admin'],
    ['session.begin', 'user:ada'],
    ['workspace.create', 'user:ada'],
    ['session.end', 'user:ada'],
  ])
  expect(records[2]).toMatchObject({
    actor_kind: 'session',
    credential_id: records[1]?.entity_id,
    trace_id: answer.headers.get('x-request-id'),
    address: expect.stringContaining('127.0.0.1'),
  })
  expect(records[1]).toMatchObject({
    after: { login_link: records[0]?.entity_id, name: 'ada', role: 'operator' },
    trace_id: login.headers.get('x-request-id'),
  })
})

test('a change is told by the fields that changed, and the environment without its values', async () => {
  const server = await testServer()
  const runtime_config = { command: 'cat', env: { API_KEY: 'sk-very-secret' } }
  const { id } = await create(server, 'Echo', { runtime_config })

  await server.client.workspaces.update(id, { name: 'Echo', tier: 2, collapsed: true })
  await server.client.workspaces.update(id, {
    runtime_config: { command: 'tac', env: { API_KEY: 'sk-other-secret', MODE: 'fast' } },
  })
  await server.client.workspaces.update(id, { tier: 2 })

  const records = await recordsOf(server, { entity_id: id })
  expect(records).toMatchObject([
    {
      action: 'workspace.update',
      before: { runtime_config: { args: [], command: 'cat', env: { API_KEY: '[secret]' } } },
      after: {
        runtime_config: {
          args: [],
          command: 'tac',
          env: { API_KEY: '[secret]', MODE: '[secret]' },
        },
      },
    },
    {
      action: 'workspace.update',
      before: { collapsed: false, tier: 1 },
      after: { collapsed: true, tier: 2 },
    },
    { action: 'workspace.create', before: null, after: { name: 'Echo' } },
  ])
  expect(Object.keys(records[1]?.before ?? {})).toEqual(['collapsed', 'tier'])
  expect(JSON.stringify(await linesOf(server))).not.toMatch(/sk-(very|other)-secret/)
})

test('CM-52: removing a workspace records each that goes with it and takes no record along; a restart is recorded too', async () => {
  const server = await testServer()
  const lead = await create(server, 'Lead')
  const worker = await create(server, 'Worker', { parent_id: lead.id })
  await server.client.workspaces.restart(lead.id)

  await server.client.workspaces.remove(lead.id, { confirm: true })

  const [second, first, restart] = await recordsOf(server, { action: 'workspace', limit: 3 })
  expect(first).toMatchObject({ action: 'workspace.remove', entity_id: lead.id })
  expect(second).toMatchObject({
    action: 'workspace.remove',
    entity_id: worker.id,
    before: { name: 'Worker', parent_id: lead.id },
    after: { desired_state: 'removed' },
  })
  expect(restart).toMatchObject({
    action: 'workspace.restart',
    before: { generation: 1 },
    after: { generation: 2 },
  })
})

test('what an agent changes about itself is recorded in its name; its tasks are not', async () => {
  const server = await testServer()
  const { id, agent } = await givenHosted(server, { name: 'worker' })
  const headers = { authorization: `Bearer ${agent}` }
  const body = JSON.stringify({ role: 'a reviewer' })

  await server.request('PATCH', `/workspaces/${id}`, { headers, body })
  await server.client.workspaces.ask(id, { text: 'work' })

  expect(await recordsOf(server, { actor: `workspace:${id}` })).toMatchObject([
    { actor_kind: 'workspace', after: { role: 'a reviewer' }, before: { role: null } },
  ])
  expect(await recordsOf(server, { action: 'task' })).toEqual([])
})

test('a refused request leaves nothing', async () => {
  const server = await testServer()
  await create(server, 'Echo')

  await expect(create(server, 'Echo')).rejects.toMatchObject({ code: 'name_taken' })

  expect(await recordsOf(server, { action: 'workspace.create' })).toHaveLength(1)
})

test('the list is paged backwards and filtered by actor, action, entity and time', async () => {
  const server = await testServer()
  const rows = []
  for (const name of ['a', 'b', 'c']) rows.push(await create(server, name))
  await server.client.workspaces.restart(rows[0]?.id ?? '')

  const newest = await list(server, { limit: 2 })
  const older = await list(server, { limit: 2, before: newest.next ?? 0 })
  const last = await list(server, { limit: 2, before: older.next ?? 0 })
  const at = older.records[0]?.at ?? ''
  const seqs = async (query: Parameters<typeof list>[1]) =>
    (await recordsOf(server, query)).map(({ seq }) => seq)

  expect([newest, older, last].map(({ records }) => records.map(({ seq }) => seq))).toEqual([
    [5, 4],
    [3, 2],
    [1],
  ])
  expect([newest.next, older.next, last.next]).toEqual([4, 2, null])
  expect(await seqs({ actor: 'system' })).toEqual([1])
  expect(await seqs({ action: 'workspace' })).toEqual([5, 4, 3, 2])
  expect(await seqs({ action: 'work' })).toEqual([])
  expect(await seqs({ action: 'workspace.restart' })).toEqual([5])
  expect(await seqs({ entity_id: rows[1]?.id ?? '' })).toEqual([3])
  expect(await seqs({ from: at })).toContain(3)
  expect(await seqs({ to: at })).not.toContain(3)
  expect(await seqs({ from: '2999-01-01T00:00:00+02:00' })).toEqual([])
})

test.each(['limit=501', 'limit=0', 'from=yesterday', 'before=x', 'actor=', 'entity=x'])(
  'GET /audit?%s is refused with the field',
  async (query) => {
    const server = await testServer()

    const answer = await server.request('GET', `/audit?${query}`)

    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid' })
  },
)

test('CM-48: whatever a view leaves out, the chain is checked whole and is intact', async () => {
  const server = await testServer()
  const { id } = await create(server, 'Echo')
  await server.client.workspaces.restart(id)
  const filtered = await recordsOf(server, {
    action: 'workspace.restart',
    from: '2000-01-01T00:00:00Z',
  })

  const verdict = await server.client.audit.verify()
  const refused = await server.request('GET', '/audit/verify?action=workspace.restart')

  expect(filtered).toHaveLength(1)
  expect(verdict).toMatchObject({ ok: true, checked: 3, head: { seq: 3, hash: filtered[0]?.hash } })
  expect(refused.status).toBe(400)
})

test('an export has every record in order and ends with the head', async () => {
  const server = await testServer()
  for (const name of ['a', 'b', 'c']) await create(server, name)

  const lines: (AuditRecord & { head: AuditHead })[] = await linesOf(server)
  const later = await linesOf(server, { since: 3 })

  const { head } = await server.client.audit.verify()
  expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, undefined])
  expect(lines.at(-1)).toEqual({ head })
  expect(later).toEqual(lines.slice(3))
})

test('a head that was kept is compared with the log', async () => {
  const server = await testServer()
  await create(server, 'Echo')
  const { head } = await server.client.audit.verify()
  const verify = (text: string) => server.client.audit.verify({ head: text })

  const same: AuditVerdict = await verify(`${head?.seq}:${head?.hash}`)
  const other = await verify(`1:${head?.hash}`)
  const longer = await verify(`9:${head?.hash}`)

  expect(same.ok).toBe(true)
  expect(other).toMatchObject({ ok: false, broken_at: 1, fault: 'head' })
  expect(longer).toMatchObject({ ok: false, broken_at: 3, fault: 'head' })
  await expect(verify('9')).rejects.toMatchObject({ code: 'invalid' })
})

test('the audit log is for those who have the right to read it', async () => {
  const server = await testServer()
  const { orgId } = server.services
  const mint = (scopes: ('audit:read' | 'workspaces:read')[]) =>
    transact(server.db, (tx) =>
      mintCredential(tx, { orgId, kind: 'org_token', scopes, now: Date.now() }),
    )
  const [auditor, other] = [await mint(['audit:read']), await mint(['workspaces:read'])]
  const { agent } = await givenHosted(server, { name: 'worker' })

  for (const path of ['/audit', '/audit/verify', '/audit/export']) {
    const statuses = await Promise.all(
      [auditor, other, agent].map(async (token) => {
        const headers = { authorization: `Bearer ${token}` }
        return (await server.request('GET', path, { headers })).status
      }),
    )
    expect([path, ...statuses]).toEqual([path, 200, 403, 403])
  }
})
