import { Liveness, ResourceList } from '@molecule/contract/admin'
import { Subtree } from '@molecule/contract/lifecycle'
import { RuntimeList } from '@molecule/contract/runtime'
import type { Workspace } from '@molecule/contract/workspace'
import { expect, test } from 'vitest'
import { memoryBackend } from '../testing/memory-backend.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const command = { runtime: 'command', runtime_config: { command: 'cat' } }

async function givenTeam(server: TestServer) {
  const lead = await server.client.workspaces.create({ name: 'lead', ...command })
  const worker = await server.client.workspaces.create({
    name: 'worker',
    parent_id: lead.id,
    ...command,
  })
  return { lead, worker }
}

/** The row once its wish has come true. */
const settled = (server: TestServer, { id }: Pick<Workspace, 'id'>, generation: number) =>
  server.client.workspaces.get(id, { wait_generation: generation })

test('pause and resume answer with what they reach, and the statuses follow', async () => {
  const backend = memoryBackend()
  const server = await testServer({ backends: [backend] })
  const { lead, worker } = await givenTeam(server)

  const paused = await server.client.workspaces.pause(lead.id)
  const row = await settled(server, worker, 2)
  const again = await server.request('POST', `/workspaces/${worker.id}/resume`)

  expect(paused.targets.map((each) => [each.name, each.outcome])).toEqual([
    ['lead', 'paused'],
    ['worker', 'paused'],
  ])
  expect(row).toMatchObject({ status: 'paused', desired_state: 'paused', paused_by: lead.id })
  expect(again.status).toBe(409)
  expect(await again.json()).toMatchObject({
    code: 'not_allowed_now',
    detail: 'workspace worker is below lead, which is paused',
    extra: { paused_ancestor: { id: lead.id, name: 'lead' } },
  })
  const resumed = await server.client.workspaces.resume(lead.id)
  expect(resumed).toMatchObject({ status: 'provisioning', resumed_count: 2 })
})

test('a hibernated workspace keeps what is asked of it, and says that it wakes', async () => {
  const server = await testServer({ backends: [memoryBackend()] })
  const { worker } = await givenTeam(server)
  const slept = await server.client.workspaces.hibernate(worker.id)
  expect(await settled(server, worker, slept.generation)).toMatchObject({ status: 'hibernated' })

  const task = await server.client.workspaces.ask(worker.id, { text: 'hello' })

  expect(task).toMatchObject({ status: 'queued', waiting_for: null })
  expect(await server.client.workspaces.get(worker.id)).toMatchObject({ desired_state: 'running' })
})

test('what is asked of a paused workspace is kept, and each way of asking says what it waits for', async () => {
  const server = await testServer()
  const { lead, worker } = await givenTeam(server)
  await server.client.workspaces.pause(worker.id)
  const message = { role: 'user', messageId: 'm', parts: [{ kind: 'text', text: 'hello' }] }

  const task = await server.client.workspaces.ask(worker.id, { text: 'hello' })
  const delegated = await server.client.workspaces.delegate(lead.id, {
    target_id: worker.id,
    task: 'hello',
  })
  const sent = await server.request('POST', `/workspaces/${worker.id}/a2a`, {
    headers: { authorization: `Bearer ${server.adminToken}`, 'x-timeout': '0' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'message/send', params: { message } }),
  })

  expect(task).toMatchObject({ status: 'queued', waiting_for: 'workspace' })
  expect(delegated).toMatchObject({
    status: 'delegated',
    waiting_for: 'workspace',
    queue: { state: 'paused', depth: 2 },
  })
  expect(await sent.json()).toMatchObject({
    result: { metadata: { waiting_for: 'workspace' } },
    status: 'queued',
    queue_state: 'paused',
    queue_depth: 3,
  })
})

test('hibernating one with open tasks is refused with their number, unless forced', async () => {
  const server = await testServer()
  const { worker } = await givenTeam(server)
  await server.client.workspaces.ask(worker.id, { text: 'hello' })

  const refused = await server.request('POST', `/workspaces/${worker.id}/hibernate`)
  const forced = await server.request('POST', `/workspaces/${worker.id}/hibernate?force=true`)

  expect(refused.status).toBe(409)
  expect(await refused.json()).toMatchObject({ extra: { active_tasks: 0, queued_tasks: 1 } })
  expect(await forced.json()).toMatchObject({ status: 'hibernating', queued_tasks: 1 })
})

test('the preview of a subtree names what a delete removes, and the collapse keeps the top', async () => {
  const server = await testServer()
  const { lead, worker } = await givenTeam(server)
  await server.client.workspaces.ask(worker.id, { text: 'hello' })

  const preview = Subtree.parse(await server.client.workspaces.subtree(lead.id))
  const unconfirmed = await server.request('POST', `/workspaces/${lead.id}/collapse`)
  const collapsed = await server.client.workspaces.collapse(lead.id, { confirm: true })

  expect(preview).toMatchObject({ count: 2, open_tasks: 1 })
  expect(unconfirmed.status).toBe(409)
  expect(collapsed).toMatchObject({ status: 'collapsed', removed: [worker.id] })
  expect(await server.client.workspaces.get(lead.id)).toMatchObject({ desired_state: 'running' })
})

test('LC-17: idle minutes are set at create and by a change, and an impossible number is refused', async () => {
  const server = await testServer()
  const made = await server.client.workspaces.create({
    name: 'sleepy',
    hibernation_idle_minutes: 15,
    ...command,
  })

  const changed = await server.client.workspaces.update(made.id, { hibernation_idle_minutes: null })
  const refused = await server.request('PATCH', `/workspaces/${made.id}`, {
    headers: { authorization: `Bearer ${server.adminToken}` },
    body: JSON.stringify({ hibernation_idle_minutes: 0 }),
  })

  expect(made.hibernation_idle_minutes).toBe(15)
  expect(changed.hibernation_idle_minutes).toBeNull()
  expect(refused.status).toBe(400)
})

test('the ledger tells every resource with its age, and only the open ones when asked', async () => {
  const backend = memoryBackend()
  const server = await testServer({ backends: [backend] })
  const { lead } = await givenTeam(server)
  await expect.poll(() => backend.running(lead.id)).toEqual([1])
  const paused = await server.client.workspaces.pause(lead.id)
  await settled(server, lead, paused.generation)

  const all = ResourceList.parse(await server.client.admin.resources())
  const open = ResourceList.parse(await server.client.admin.resources({ open: true }))

  const own = all.resources.filter((each) => each.workspace_id === lead.id)
  expect(own).toMatchObject([
    { workspace_name: 'lead', incarnation: 1, kind: 'workload', closed_at: expect.any(String) },
  ])
  expect(open.resources.filter((each) => each.workspace_id === lead.id)).toEqual([])
  expect(all.sweep_brake).toBeNull()
})

test('LC-10: LC-38: every controller tells the last round it has completed, and how often it looks', async () => {
  const server = await testServer()
  const names = [
    'feed',
    'workspaces',
    'heartbeats',
    'last-use',
    'task-sweeper',
    'activity-retention',
    'event-retention',
    'push',
    'agents',
    'schedules',
    'chat-files',
    'rolling-restart',
    'data-keys',
    'hibernation',
    'idle-prompts',
    'orphans',
    'usage',
  ]
  const all = async () => Liveness.parse(await server.client.admin.liveness()).controllers

  await expect.poll(async () => (await all()).every((each) => each.last_round_at)).toBe(true)

  const told = await all()
  expect(told.map((each) => each.name)).toEqual(names)
  expect(told.every((each) => each.every_s > 0 && each.restarts === 0)).toBe(true)
  expect(told.find((each) => each.name === 'workspaces')?.backlog).toBe(0)
})

test('the runtimes are told to whoever may see workspaces', async () => {
  const server = await testServer()

  const { runtimes } = RuntimeList.parse(await server.client.runtimes())

  expect(runtimes).toContainEqual(
    expect.objectContaining({
      id: 'command',
      default_model: 'anthropic:claude-opus-4-7',
      provision_timeout_s: 60,
      required_env: [],
    }),
  )
})

test.each(['logs', 'console'])(
  'GET …/%s is what the host wrote, of the last start',
  async (route) => {
    const backend = memoryBackend()
    const server = await testServer({ backends: [backend] })
    const { lead } = await givenTeam(server)
    await expect.poll(() => backend.running(lead.id)).toEqual([1])

    const answer = await server.request('GET', `/workspaces/${lead.id}/${route}?tail=5`)

    expect(answer.headers.get('content-type')).toContain('text/plain')
    expect(answer.headers.get('molecule-incarnation')).toBe('1')
    expect(await answer.text()).toBe('the last line\n')
  },
)

test('a followed log streams until the reader hangs up', async () => {
  const backend = memoryBackend()
  let isEnded = false
  backend.logs = async function* (_handle, { follow }, signal) {
    yield `follow: ${follow}`
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    isEnded = true
  }
  const server = await testServer({ backends: [backend] })
  const { lead } = await givenTeam(server)
  await expect.poll(() => backend.running(lead.id)).toEqual([1])

  for await (const text of server.client.logs(lead.id, { follow: true })) {
    expect(text).toBe('follow: true\n')
    break
  }

  await expect.poll(() => isEnded).toBe(true)
})

test('what looks like a secret in a log is not shown', async () => {
  const backend = memoryBackend()
  const secret = `sk-ant-${'x'.repeat(24)}`
  backend.logs = async function* () {
    yield `signed in with ${secret}`
  }
  const server = await testServer({ backends: [backend] })
  const { lead } = await givenTeam(server)
  await expect.poll(() => backend.running(lead.id)).toEqual([1])

  const answer = await server.request('GET', `/workspaces/${lead.id}/logs`)

  expect(await answer.text()).toBe('signed in with [REDACTED:ANTHROPIC_KEY]\n')
})

test('no logs: the refusal says why', async () => {
  const { logs: _, ...silent } = memoryBackend()
  const server = await testServer({ backends: [silent] })
  const none = await testServer()
  const { lead } = await givenTeam(server)
  const unstarted = await givenTeam(none)
  await expect
    .poll(async () => (await server.client.admin.resources()).resources.length)
    .toBeGreaterThan(0)

  const keepsNone = await server.request('GET', `/workspaces/${lead.id}/logs`)
  const neverStarted = await none.request('GET', `/workspaces/${unstarted.lead.id}/logs`)
  const unknown = await none.request('GET', `/workspaces/${crypto.randomUUID()}/logs`)

  expect([keepsNone.status, neverStarted.status, unknown.status]).toEqual([409, 409, 404])
  expect((await bodyOf<{ detail: string }>(keepsNone)).detail).toContain('keeps no logs')
  expect((await bodyOf<{ detail: string }>(neverStarted)).detail).toContain('never started')
})

test('whatever removes a workspace, its last record says so, with what it was', async () => {
  const server = await testServer()
  const { lead, worker } = await givenTeam(server)

  await server.client.workspaces.collapse(lead.id, { confirm: true })
  await server.client.workspaces.remove(lead.id)

  for (const { id, name } of [lead, worker]) {
    const { records } = await server.client.audit.list({ entity_id: id })
    const removals = records.filter(({ action }) => action === 'workspace.remove')
    expect(removals).toMatchObject([{ before: { name }, after: { desired_state: 'removed' } }])
  }
})

test('every verb is in the audit log, with who did it', async () => {
  const server = await testServer()
  const { lead } = await givenTeam(server)
  const { workspaces } = server.client
  await workspaces.restart(lead.id)
  await workspaces.pause(lead.id)
  await workspaces.resume(lead.id)
  await workspaces.hibernate(lead.id, { force: true })
  await workspaces.wake(lead.id)
  await workspaces.update(lead.id, { role: 'leads' })
  await workspaces.collapse(lead.id, { confirm: true })
  await workspaces.remove(lead.id, { purge: true })

  const rows = await server.db
    .selectFrom('audit')
    .select(['action', 'actor'])
    .where('entity', '=', 'workspace')
    .where('entityId', '=', lead.id)
    .orderBy('seq')
    .execute()

  expect(rows.map((row) => row.action)).toEqual(
    [
      'create',
      'restart',
      'pause',
      'resume',
      'hibernate',
      'wake',
      'update',
      'collapse',
      'remove',
    ].map((verb) => `workspace.${verb}`),
  )
  expect(new Set(rows.map((row) => row.actor))).toEqual(new Set(['admin']))
})
