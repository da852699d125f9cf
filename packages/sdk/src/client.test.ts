import { expect, test } from 'vitest'
import { moleculeClient } from './client.ts'
import { hostClient } from './host.ts'
import type { Fetch } from './request.ts'
import { answering } from './testing/answering.ts'

/** What each call becomes on the wire: the routes are the contract. */
const id = '0191d2f0-0000-7000-8000-000000000001'
const routes: [string, string, (client: ReturnType<typeof moleculeClient>) => Promise<unknown>][] =
  [
    ['GET', '/workspaces', (client) => client.workspaces.list()],
    ['POST', '/workspaces', (client) => client.workspaces.create({ name: 'A' })],
    [
      'GET',
      `/workspaces/${id}?wait_generation=3`,
      (client) => client.workspaces.get(id, { wait_generation: 3 }),
    ],
    ['PATCH', `/workspaces/${id}`, (client) => client.workspaces.update(id, { name: 'B' })],
    ['POST', `/workspaces/${id}/restart`, (client) => client.workspaces.restart(id)],
    ['POST', `/workspaces/${id}/pause`, (client) => client.workspaces.pause(id)],
    ['POST', `/workspaces/${id}/resume`, (client) => client.workspaces.resume(id)],
    [
      'POST',
      `/workspaces/${id}/hibernate?force=true`,
      (client) => client.workspaces.hibernate(id, { force: true }),
    ],
    ['POST', `/workspaces/${id}/wake`, (client) => client.workspaces.wake(id)],
    ['GET', `/workspaces/${id}/subtree`, (client) => client.workspaces.subtree(id)],
    [
      'POST',
      `/workspaces/${id}/collapse?confirm=true&purge=true`,
      (client) => client.workspaces.collapse(id, { confirm: true, purge: true }),
    ],
    ['GET', '/admin/resources?open=true', (client) => client.admin.resources({ open: true })],
    ['GET', '/admin/liveness', (client) => client.admin.liveness()],
    ['GET', '/runtimes', (client) => client.runtimes()],
    [
      'DELETE',
      `/workspaces/${id}?confirm=true`,
      (client) => client.workspaces.remove(id, { confirm: true }),
    ],
    ['POST', `/workspaces/${id}/tasks`, (client) => client.workspaces.ask(id, { text: 'hi' })],
    [
      'POST',
      `/workspaces/${id}/delegate`,
      (client) => client.workspaces.delegate(id, { target_id: id, task: 'hi' }),
    ],
    ['GET', `/workspaces/${id}/delegations`, (client) => client.workspaces.delegations(id)],
    [
      'GET',
      `/workspaces/${id}/inbox?since=0&wait=5`,
      (client) => client.workspaces.inbox(id, { since: 0, wait: 5 }),
    ],
    ['POST', `/workspaces/${id}/inbox/ack`, (client) => client.workspaces.ackInbox(id, 4)],
    [
      'POST',
      `/workspaces/${id}/work/${id}/return`,
      (client) => client.work.giveBack({ workspace: id, task: id }, { attempt: 1, fence: 1 }),
    ],
    [
      'GET',
      '/org/leftovers?older_than_hours=3',
      (client) => client.org.leftovers({ older_than_hours: 3 }),
    ],
    ['POST', '/org/prune', (client) => client.org.prune({ ids: [id] })],
    ['GET', `/workspaces/${id}/external/connection`, (client) => client.registry.connection(id)],
    [
      'POST',
      `/workspaces/${id}/external/rotate?overlap_s=60`,
      (client) => client.registry.rotate(id, { overlap_s: 60 }),
    ],
    ['GET', '/bundles/key', (client) => client.bundles.key()],
    ['GET', `/bundles/export/${id}`, (client) => client.bundles.export(id)],
    [
      'POST',
      '/bundles/import?signed_by=k',
      (client) => client.bundles.import({}, { signed_by: 'k' }),
    ],
    ['GET', '/templates', (client) => client.templates.list()],
    [
      'POST',
      '/templates/import',
      (client) => client.templates.import({ name: 'Helper', files: {} }),
    ],
    ['GET', '/templates/helper', (client) => client.templates.get('helper')],
    [
      'PUT',
      '/templates/helper',
      (client) => client.templates.save('helper', { base: 1, files: {} }),
    ],
    ['DELETE', '/templates/helper', (client) => client.templates.remove('helper')],
    ['GET', `/workspaces/${id}/config`, (client) => client.config.get(id)],
    [
      'PUT',
      `/workspaces/${id}/config`,
      (client) => client.config.save(id, { base: '0-x', files: {} }),
    ],
    [
      'PATCH',
      `/workspaces/${id}/config`,
      (client) => client.config.edit(id, { set: { effort: 'high' } }),
    ],
    ['GET', `/workspaces/${id}/config/versions`, (client) => client.config.versions(id)],
    ['GET', `/workspaces/${id}/config/versions/2`, (client) => client.config.version(id, 2)],
    [
      'POST',
      `/workspaces/${id}/config/versions/2/restore`,
      (client) => client.config.restore({ workspace: id, version: 2 }, { base: '3-x' }),
    ],
    ['GET', `/workspaces/${id}/schedules`, (client) => client.schedules.list(id)],
    [
      'POST',
      `/workspaces/${id}/schedules`,
      (client) => client.schedules.create(id, { cron_expr: '0 9 * * *', prompt: 'x' }),
    ],
    [
      'PATCH',
      `/workspaces/${id}/schedules/${id}`,
      (client) => client.schedules.update({ workspace: id, schedule: id }, { enabled: false }),
    ],
    [
      'DELETE',
      `/workspaces/${id}/schedules/${id}`,
      (client) => client.schedules.remove({ workspace: id, schedule: id }),
    ],
    [
      'POST',
      `/workspaces/${id}/schedules/${id}/run`,
      (client) => client.schedules.run({ workspace: id, schedule: id }),
    ],
    [
      'GET',
      `/workspaces/${id}/schedules/${id}/history`,
      (client) => client.schedules.history({ workspace: id, schedule: id }),
    ],
    ['GET', `/workspaces/${id}/schedules/health`, (client) => client.schedules.health(id)],
    ['GET', '/admin/schedules/health', (client) => client.schedules.health()],
    ['GET', `/workspaces/${id}/webhooks`, (client) => client.webhooks.list(id)],
    [
      'POST',
      `/workspaces/${id}/webhooks`,
      (client) => client.webhooks.create(id, { name: 'ci', kind: 'generic', prompt: 'x' }),
    ],
    [
      'PATCH',
      `/workspaces/${id}/webhooks/${id}`,
      (client) => client.webhooks.update({ workspace: id, webhook: id }, { enabled: false }),
    ],
    [
      'DELETE',
      `/workspaces/${id}/webhooks/${id}`,
      (client) => client.webhooks.remove({ workspace: id, webhook: id }),
    ],
    [
      'POST',
      `/workspaces/${id}/webhooks/${id}/rotate`,
      (client) => client.webhooks.rotate({ workspace: id, webhook: id }),
    ],
    [
      'GET',
      `/workspaces/${id}/webhooks/${id}/deliveries`,
      (client) => client.webhooks.deliveries({ workspace: id, webhook: id }),
    ],
    ['GET', '/org/templates', (client) => client.org.templates()],
    ['POST', '/org/import', (client) => client.org.import({ dir: 'help-desk' })],
    ['GET', '/org/export', (client) => client.org.export()],
    ['POST', '/org/plan', (client) => client.org.plan({ files: {} })],
    ['POST', '/org/apply', (client) => client.org.apply({ files: {} })],
    ['GET', '/tasks', (client) => client.tasks.list()],
    ['GET', `/tasks/${id}?wait=25`, (client) => client.tasks.get(id, { wait: 25 })],
    ['GET', `/tasks/${id}/output?after=7`, (client) => client.tasks.output(id, { after: 7 })],
    ['POST', `/tasks/${id}/progress`, (client) => client.tasks.progress(id, { text: 'half' })],
    ['POST', `/tasks/${id}/cancel`, (client) => client.tasks.cancel(id)],
    ['POST', '/auth/login', (client) => client.session.login('t')],
    ['POST', '/auth/logout', (client) => client.session.logout()],
    ['GET', '/auth/session', (client) => client.session.current()],
    ['POST', '/auth/link', (client) => client.session.link()],
    ['GET', '/auth/sessions', (client) => client.session.list()],
    ['DELETE', `/auth/sessions/${id}`, (client) => client.session.revoke(id)],
    ['GET', '/org/tokens', (client) => client.tokens.org.list()],
    ['POST', '/org/tokens', (client) => client.tokens.org.create({})],
    [
      'POST',
      `/org/tokens/${id}/rotate?overlap_s=60`,
      (client) => client.tokens.org.rotate(id, { overlap_s: 60 }),
    ],
    ['DELETE', `/org/tokens/${id}`, (client) => client.tokens.org.revoke(id)],
    [
      'GET',
      `/workspaces/${id}/tokens?limit=5`,
      (client) => client.tokens.workspace.list(id, { limit: 5 }),
    ],
    ['POST', `/workspaces/${id}/tokens`, (client) => client.tokens.workspace.create(id)],
    [
      'POST',
      `/workspaces/${id}/tokens/rotate?if_newest=${id}`,
      (client) => client.tokens.workspace.rotate(id, { if_newest: id }),
    ],
    ['DELETE', `/workspaces/${id}/tokens/t`, (client) => client.tokens.workspace.revoke(id, 't')],
    ['POST', '/registry/register', (client) => client.registry.register({ id })],
    [
      'POST',
      '/registry/heartbeat',
      (client) => client.registry.heartbeat({ workspace_id: id, error_rate: 0 }),
    ],
    [
      'POST',
      '/registry/update-card',
      (client) => client.registry.updateCard({ workspace_id: id, agent_card: { name: 'A' } }),
    ],
    ['GET', `/registry/discover/${id}`, (client) => client.registry.discover(id)],
    ['GET', `/registry/${id}/peers?q=re`, (client) => client.registry.peers(id, { q: 're' })],
    [
      'POST',
      '/registry/check-access',
      (client) => client.registry.checkAccess({ caller_id: id, target_id: id }),
    ],
    ['POST', '/admin/shutdown', (client) => client.admin.shutdown({ stop_agents: true })],
    ['GET', '/events?since=9&wait=20', (client) => client.events({ since: 9, wait: 20 })],
    ['GET', '/canvas/snapshot', (client) => client.snapshot()],
    ['GET', '/health', (client) => client.health()],
    ['GET', '/readyz', (client) => client.ready()],
  ]

test.each(routes)('%s %s', async (method, path, call) => {
  const sent: string[] = []

  await call(moleculeClient({ baseUrl: 'http://server', fetch: recording(sent) }))

  expect(sent).toEqual([`${method} http://server${path}`])
})

test('an agent host posts every verb below /host', async () => {
  const sent: string[] = []
  const host = hostClient({ baseUrl: 'http://server', token: 't', fetch: recording(sent) })
  const attempt = { task_id: id, attempt: 1, fence: 1 }

  await host.enrol({ incarnation: 1, pid: 1, version: '1', journal: [] })
  await host.lease({ capacity: 1, wait_s: 25, running: [] })
  await host.start(attempt)
  await host.beat({ attempts: [] })
  await host.complete({ ...attempt, outcome: 'completed', result: '' })
  await host.fail({ reason: { code: 'c', detail: 'd', hint: 'h' } })

  expect(sent).toEqual(
    ['enrol', 'lease', 'start', 'beat', 'complete', 'fail'].map(
      (verb) => `POST http://server/host/${verb}`,
    ),
  )
})

test('a misspelt field does not compile', () => {
  const client = moleculeClient({ baseUrl: '', fetch: recording([]) })

  // @ts-expect-error a workspace has no `nmae`
  const call = () => client.workspaces.update(id, { nmae: 'B' })

  expect(call).toBeTypeOf('function')
})

const recording =
  (sent: string[]): Fetch =>
  async (url, { method }) => {
    sent.push(`${method} ${url}`)
    return { status: 200, text: async () => '{}' }
  }

test('a log is text as it arrives, and its refusal a problem', async () => {
  await using server = await disposable({ text: 'one\ntwo\n' })
  await using refusing = await disposable({
    status: 409,
    json: { code: 'not_allowed_now', detail: 'no logs' },
  })
  const read = async (baseUrl: string) => {
    let text = ''
    for await (const piece of moleculeClient({ baseUrl, token: 't' }).logs(id, { tail: 2 }))
      text += piece
    return text
  }

  expect(await read(server.url)).toBe('one\ntwo\n')
  expect(server.requests[0]?.url).toBe(`/workspaces/${id}/logs?tail=2`)
  await expect(read(refusing.url)).rejects.toMatchObject({ code: 'not_allowed_now' })
})

const disposable = async (answer: Parameters<typeof answering>[0]) => {
  const server = await answering(answer)
  return { ...server, [Symbol.asyncDispose]: server.close }
}
