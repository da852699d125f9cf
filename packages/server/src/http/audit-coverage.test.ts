import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, noFiles, type TestServer, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'
import { refusedPolicy } from './compat/refusals.ts'
import { policy, type Route, ruleOf } from './policy.ts'

type Asked = {
  params?: Record<string, string>
  query?: string
  body?: unknown
  headers?: Record<string, string>
}
/** How it is called so that it does something, or why it leaves no record. */
type Decision = { asked: (server: TestServer) => Promise<Asked> } | { none: string }

const nothing = async (): Promise<Asked> => ({})
const taskTraffic = { none: 'task traffic: the task itself is the record' }
const hostTraffic = { none: 'the host of a workspace does its work' }
const ofItself = { none: 'an agent tells of itself, and may do no more by it than before' }
const ofTenants = { none: 'recorded with its tenant, as backend-host.test.ts shows' }
const byTools = { none: 'a tool calls a route, which records what it does' }
const reads = { none: 'it changes nothing' }

let made = 0
const newName = (of: string) => `${of}_${++made}`

const newWorkspace = async ({ client }: TestServer) =>
  client.workspaces.create({ name: newName('workspace'), runtime_config: { command: 'cat' } })

const onWorkspace = (body?: unknown) => async (server: TestServer) => ({
  params: { id: (await newWorkspace(server)).id },
  body,
})

const newSchedule = { cron_expr: '0 9 * * *', prompt: 'Look around' }

const onSchedule = (body?: unknown) => async (server: TestServer) => {
  const { id } = await newWorkspace(server)
  const schedule = await server.client.schedules.create(id, newSchedule)
  return { params: { id, schedule: schedule.id }, body }
}

const newWebhook = () => ({ name: newName('webhook'), kind: 'generic' as const, prompt: 'Look' })

const onWebhook = (body?: unknown) => async (server: TestServer) => {
  const { id } = await newWorkspace(server)
  const webhook = await server.client.webhooks.create(id, newWebhook())
  return { params: { id, webhookId: webhook.id }, body }
}

async function linkToken({ client }: TestServer) {
  return new URL((await client.session.link()).url).hash.slice(1)
}

async function givenSession(server: TestServer) {
  const body = JSON.stringify({ token: await linkToken(server) })
  const answer = await server.request('POST', '/auth/login', { headers: {}, body })
  const { csrf_token } = await bodyOf<{ csrf_token: string }>(answer)
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return { cookie, 'x-csrf-token': csrf_token }
}

const newTemplate = async ({ client }: TestServer) =>
  (await client.templates.import({ name: newName('template'), files: { 'prompt.md': 'Help.' } })).id

const withConfig = async (server: TestServer) => {
  const { id } = await newWorkspace(server)
  const { revision: base } = await server.client.config.edit(id, { set: { effort: 'high' } })
  return { id, base }
}

const newSecret = () => ({ key: newName('KEY'), value: 'value of the test' })

async function savedGlobal({ client }: TestServer) {
  const { key } = await client.secrets.global.save(newSecret())
  return { params: { key } }
}

async function ofOrgToken({ client }: TestServer) {
  return { params: { id: (await client.tokens.org.create({})).id } }
}

/** Every route that does more than read, in the order of the policy; `shutdown` must not end the server of the others. */
const decisions: Partial<Record<Route, Decision>> = {
  'POST /auth/login': {
    asked: async (server) => ({ body: { token: await linkToken(server) }, headers: {} }),
  },

  'POST /workspaces': {
    asked: async () => ({ body: { name: newName('new'), runtime_config: { command: 'cat' } } }),
  },
  'PATCH /workspaces/:id': { asked: onWorkspace({ x: 5 }) },
  'PUT /workspaces/:id/model': { asked: onWorkspace({ model: 'opus' }) },
  'POST /workspaces/:id/restart': { asked: onWorkspace({}) },
  'POST /workspaces/:id/pause': { asked: onWorkspace() },
  'POST /workspaces/:id/resume': {
    asked: async (server) => {
      const { id } = await newWorkspace(server)
      await server.client.workspaces.pause(id)
      return { params: { id } }
    },
  },
  'POST /workspaces/:id/hibernate': { asked: onWorkspace() },
  'POST /workspaces/:id/wake': {
    asked: async (server) => {
      const { id } = await newWorkspace(server)
      await server.client.workspaces.hibernate(id)
      return { params: { id } }
    },
  },
  'POST /workspaces/:id/collapse': {
    asked: async (server) => {
      const { id } = await newWorkspace(server)
      await server.client.workspaces.create({
        name: newName('child'),
        parent_id: id,
        runtime_config: { command: 'cat' },
      })
      return { params: { id }, query: 'confirm=true' }
    },
  },
  'DELETE /workspaces/:id': { asked: onWorkspace() },
  'POST /workspaces/:id/tasks': taskTraffic,
  'POST /workspaces/:id/a2a': taskTraffic,
  'POST /workspaces/:id/a2a/message:send': taskTraffic,
  'POST /workspaces/:id/a2a/message:stream': taskTraffic,
  'POST /workspaces/:id/a2a/tasks/:ref': taskTraffic,
  'POST /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs': taskTraffic,
  'DELETE /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config': taskTraffic,
  'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs': reads,
  'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config': reads,
  'POST /workspaces/:id/chat/uploads': { none: 'its row says who sent it' },
  'POST /workspaces/:id/delegate': taskTraffic,
  'POST /workspaces/:id/delegations/record': taskTraffic,
  'POST /workspaces/:id/delegations/:delegationId/update': taskTraffic,
  'POST /workspaces/:id/inbox/ack': { none: 'a workspace reads its mail' },
  'POST /workspaces/:id/activity': ofItself,
  'POST /workspaces/:id/notify': ofItself,
  'POST /workspaces/:id/mcp': byTools,
  'DELETE /workspaces/:id/mcp': byTools,
  'POST /mcp': byTools,
  'DELETE /mcp': byTools,
  'POST /workspaces/:id/external/rotate': {
    asked: async ({ client }) => ({
      params: {
        id: (await client.workspaces.create({ name: newName('outside'), external: true })).id,
      },
    }),
  },
  'POST /org/prune': {
    asked: async ({ client }) => {
      const name = newName('twin')
      await client.workspaces.create({ name, external: true })
      const { id } = await client.workspaces.create({ name: `${name} (2)`, external: true })
      return { body: { ids: [id], confirm: true, older_than_hours: 0 } }
    },
  },
  'POST /bundles/import': {
    asked: async () => ({
      body: {
        schema: '1.0',
        name: newName('bundle'),
        prompts: { 'config.yaml': 'runtime: command\nruntime_config: {command: cat}\n' },
      },
    }),
  },
  'POST /templates/import': {
    asked: async () => ({ body: { name: newName('template'), files: { 'prompt.md': 'Help.' } } }),
  },
  'PUT /templates/:id': {
    asked: async (server) => ({
      params: { id: await newTemplate(server) },
      body: { base: 1, files: { 'prompt.md': 'Help more.' } },
    }),
  },
  'DELETE /templates/:id': {
    asked: async (server) => ({ params: { id: await newTemplate(server) } }),
  },
  'PUT /workspaces/:id/config': {
    asked: async (server) => {
      const { id, base } = await withConfig(server)
      return { params: { id }, body: { base, files: { 'prompt.md': 'Hello' } } }
    },
  },
  'PATCH /workspaces/:id/config': { asked: onWorkspace({ set: { effort: 'high' } }) },
  'POST /workspaces/:id/config/versions/:version/restore': {
    asked: async (server) => {
      const { id } = await withConfig(server)
      const { revision: base } = await server.client.config.edit(id, { set: { effort: 'low' } })
      return { params: { id, version: '1' }, body: { base } }
    },
  },
  'POST /workspaces/:id/schedules': { asked: onWorkspace(newSchedule) },
  'PATCH /workspaces/:id/schedules/:schedule': { asked: onSchedule({ enabled: false }) },
  'DELETE /workspaces/:id/schedules/:schedule': { asked: onSchedule() },
  'POST /workspaces/:id/schedules/:schedule/run': { asked: onSchedule() },
  'POST /workspaces/:id/webhooks': { asked: onWorkspace(newWebhook()) },
  'PATCH /workspaces/:id/webhooks/:webhookId': { asked: onWebhook({ enabled: false }) },
  'DELETE /workspaces/:id/webhooks/:webhookId': { asked: onWebhook() },
  'POST /workspaces/:id/webhooks/:webhookId/rotate': { asked: onWebhook() },
  'POST /webhooks/in/:webhookId': taskTraffic,
  'POST /webhooks/github': taskTraffic,
  'POST /webhooks/github/:id': taskTraffic,
  'POST /org/import': {
    asked: async () => ({
      body: { template: { name: 'A', workspaces: [{ name: newName('w'), external: true }] } },
    }),
  },
  'POST /org/plan': reads,
  'POST /org/apply': {
    asked: async () => ({
      body: {
        files: { 'org.yaml': `name: A\nworkspaces: [{name: ${newName('w')}, external: true}]` },
      },
    }),
  },
  'POST /tasks/:id/cancel': taskTraffic,
  'POST /tasks/:id/extend': taskTraffic,
  'POST /tasks/:id/answer': taskTraffic,
  'POST /tasks/:id/question': taskTraffic,
  'POST /tasks/:id/reassign': taskTraffic,
  'POST /workspaces/:id/work/lease': taskTraffic,
  'POST /workspaces/:id/work/:task/start': taskTraffic,
  'POST /workspaces/:id/work/:task/return': taskTraffic,
  'POST /workspaces/:id/work/:task/complete': taskTraffic,
  'POST /tasks/:id/retry': taskTraffic,
  'POST /tasks/:id/progress': taskTraffic,

  'POST /auth/logout': { asked: async (server) => ({ headers: await givenSession(server) }) },
  'POST /auth/link': { asked: nothing },
  'GET /auth/sessions': reads,
  'GET /admin/resources': reads,
  'GET /admin/liveness': reads,
  'GET /admin/delegations': reads,
  'GET /admin/delegations/stats': reads,
  'POST /admin/a2a-queue/drop-stale': { asked: nothing },
  'DELETE /auth/sessions/:id': {
    asked: async (server) => {
      await givenSession(server)
      const { sessions } = await server.client.session.list()
      return { params: { id: sessions[0]?.id ?? '' } }
    },
  },

  'POST /workspaces/:id/tokens': { asked: onWorkspace({}) },
  'POST /workspaces/:id/tokens/rotate': { asked: onWorkspace({}) },
  'DELETE /workspaces/:id/tokens/:tokenId': {
    asked: async (server) => {
      const { id } = await newWorkspace(server)
      const token = await server.client.tokens.workspace.create(id)
      return { params: { id, tokenId: token.id } }
    },
  },
  'POST /admin/workspaces/:id/tokens': { asked: onWorkspace({}) },
  'GET /org/tokens': reads,
  'POST /org/tokens': { asked: async () => ({ body: {} }) },
  'POST /org/tokens/:id/rotate': { asked: ofOrgToken },
  'DELETE /org/tokens/:id': { asked: ofOrgToken },

  'POST /workspaces/:id/secrets': { asked: onWorkspace(newSecret()) },
  'PUT /workspaces/:id/secrets': { asked: onWorkspace(newSecret()) },
  'DELETE /workspaces/:id/secrets/:key': {
    asked: async (server) => {
      const { id } = await newWorkspace(server)
      const { key } = await server.client.secrets.workspace.save(id, newSecret())
      return { params: { id, key } }
    },
  },
  'POST /settings/secrets': { asked: async () => ({ body: newSecret() }) },
  'PUT /settings/secrets': { asked: async () => ({ body: newSecret() }) },
  'DELETE /settings/secrets/:key': { asked: savedGlobal },
  'POST /settings/secrets/restart-dependents': {
    asked: async (server) => {
      await givenHosted(server, { name: newName('hosted') })
      await savedGlobal(server)
      return {}
    },
  },
  'POST /admin/secrets': { asked: async () => ({ body: newSecret() }) },
  'DELETE /admin/secrets/:key': { asked: savedGlobal },
  'POST /admin/secrets/rotate-key': { asked: nothing },

  'POST /registry/register': ofItself,
  'POST /registry/heartbeat': ofItself,
  'POST /registry/update-card': ofItself,
  'POST /registry/check-access': reads,

  'GET /backend/v1/offer': reads,
  'POST /backend/v1/start': ofTenants,
  'POST /backend/v1/stop': ofTenants,
  'POST /backend/v1/purge': ofTenants,
  'POST /backend/v1/inspect': reads,
  'POST /backend/v1/list': reads,
  'POST /backend/v1/logs': reads,

  'POST /admin/shutdown': {
    asked: async ({ services }) => {
      services.shutDown = async () => ({ agents_stopped: 0, agents_left: 0 })
      return { body: { stop_agents: false } }
    },
  },

  'POST /host/enrol': hostTraffic,
  'POST /host/lease': hostTraffic,
  'POST /host/start': hostTraffic,
  'POST /host/beat': hostTraffic,
  'POST /host/complete': hostTraffic,
  'POST /host/fail': hostTraffic,
}

/** What is refused to everybody does nothing that could be recorded. */
const all = (Object.keys(policy) as Route[]).filter((route) => !(route in refusedPolicy))

function needsDecision(route: Route): boolean {
  const rule = ruleOf(route)
  const rights = 'rights' in rule ? rule.rights : []
  return !route.startsWith('GET ') || rights.some((right) => !right.endsWith(':read'))
}

test('CM-50, CM-53: for every route that does more than read it is decided what it leaves in the audit log', () => {
  expect(Object.keys(decisions).sort()).toEqual(all.filter(needsDecision).sort())
})

const lastSeq = async ({ db, services: { orgId } }: TestServer) =>
  (await db.selectFrom('auditHead').select('seq').where('id', '=', orgId).executeTakeFirst())
    ?.seq ?? 0

async function call(
  server: TestServer,
  route: Route,
  { params = {}, query, body, headers }: Asked,
) {
  const [method = '', pattern = ''] = route.split(' ')
  const path = pattern.replace(/(?<=\/):(\w+)/g, (_, name: string) => params[name] ?? name)
  return server.request(method, query ? `${path}?${query}` : path, {
    ...(headers ? { headers } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

test('CM-07, CM-53: each use of a privilege leaves a record that says who and what', async () => {
  const server = await testServer()
  const served = new Set(
    buildApp(server.services, noFiles).routes.map(({ method, path }) => `${method} ${path}`),
  )
  const outcomes: Record<string, unknown> = {}

  for (const [route, decision] of Object.entries(decisions) as [Route, Decision][]) {
    if ('none' in decision || !served.has(route)) continue
    const asked = await decision.asked(server)
    const before = await lastSeq(server)
    const { ok } = await call(server, route, asked)
    const { records } = await server.client.audit.list({ limit: 1 })
    const isRecorded = (await lastSeq(server)) > before && records[0]?.trace_id !== null
    outcomes[route] = { ok, isRecorded }
  }

  expect(Object.keys(outcomes).length).toBeGreaterThanOrEqual(8)
  for (const [route, outcome] of Object.entries(outcomes))
    expect([route, outcome]).toEqual([route, { ok: true, isRecorded: true }])
})
