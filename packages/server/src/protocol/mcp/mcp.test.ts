import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { expect, onTestFinished, test } from 'vitest'
import { givenHosted } from '../../testing/given-credential.ts'
import { type TestServer, testServer } from '../../testing/test-server.ts'

/** The official client, as an agent or an assistant would use it. */
async function connected(server: TestServer, path: string, token: string) {
  const client = new Client({ name: 'test', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL(path, server.url), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
  })
  await client.connect(transport)
  onTestFinished(() => client.close())
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const result = await client.callTool({ name, arguments: args })
    const content = result.structuredContent as Record<string, unknown>
    return { content, isError: result.isError === true }
  }
  return { client, call }
}

async function given() {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'Lead' })
  const made = await server.client.workspaces.create({
    ...{ name: 'Scout', parent_id: lead.id, external: true, role: 'looks around' },
  })
  const token = made.connection?.auth_token ?? ''
  const asLead = await connected(server, `/workspaces/${lead.id}/mcp`, lead.agent)
  const asScout = await connected(server, `/workspaces/${made.id}/mcp`, token)
  return { server, lead, scout: { id: made.id, token }, asLead, asScout }
}

test('RD-28, RD-105: the tools of an agent are those there is a service for, each with what it takes', async () => {
  const { asLead, asScout } = await given()

  const { tools } = await asLead.client.listTools()
  const ofScout = (await asScout.client.listTools()).tools.map(({ name }) => name)

  expect(tools.map(({ name }) => name).toSorted()).toEqual([
    'ask_question',
    'check_task_status',
    'delegate_task',
    'delegate_task_async',
    'get_workspace_info',
    'inbox_peek',
    'inbox_pop',
    'list_peers',
    'report_progress',
    'send_message_to_user',
    'wait_for_message',
  ])
  expect(ofScout).toEqual(expect.arrayContaining(['start_task', 'complete_task', 'return_task']))
  expect(tools.every(({ description = '', title = '' }) => description && title)).toBe(true)
  expect(tools.find(({ name }) => name === 'delegate_task')?.inputSchema).toMatchObject({
    required: ['workspace_id', 'task'],
    properties: { timeout_s: { default: 60, maximum: 300 } },
  })
  expect(asLead.client.getInstructions()).toContain('You are Lead')
})

test('RD-32: an agent behind no inbound port takes work by wait_for_message and answers it; the asker gets the answer', async () => {
  const { scout, asLead, asScout } = await given()

  const asked = asLead.call('delegate_task', {
    workspace_id: scout.id,
    task: 'Look!',
    timeout_s: 20,
  })
  const { content: work } = await asScout.call('wait_for_message', { timeout_s: 20 })
  const { task_id, attempt, fence } = work
  const held = { task_id, attempt, fence }
  await asScout.call('start_task', held)
  await asScout.call('report_progress', { task_id, text: 'half way' })
  await asScout.call('complete_task', { ...held, result: 'All clear.' })

  expect(work).toMatchObject({ kind: 'work', text: 'Look!', attempt: 1 })
  expect(await asked).toMatchObject({
    isError: false,
    content: { status: 'completed', result: 'All clear.', delegation_id: task_id },
  })
})

test('RD-29, RD-30: work that takes longer than the patience goes on, and its result waits in the inbox until it is acknowledged', async () => {
  const { scout, asLead, asScout } = await given()
  const ask = { workspace_id: scout.id, task: 'Dig', idempotency_key: 'dig' }

  const first = await asLead.call('delegate_task', { ...ask, timeout_s: 0 })
  const again = await asLead.call('delegate_task_async', ask)
  const { content: work } = await asScout.call('wait_for_message')
  const waiting = asLead.call('wait_for_message', { timeout_s: 20 })
  const held = { task_id: work.task_id, attempt: work.attempt, fence: work.fence }
  await asScout.call('complete_task', {
    ...held,
    failure: { detail: 'Too hard.', hint: 'Bring a drill.' },
  })
  const { content: result } = await waiting

  expect(again.content).toMatchObject({
    delegation_id: first.content.delegation_id,
    idempotent_hit: true,
  })
  expect(result).toMatchObject({ kind: 'result', status: 'failed', task_id: work.task_id })
  expect((await asLead.call('inbox_peek')).content).toMatchObject({ count: 1 })
  await asLead.call('inbox_pop', { up_to: result.seq })
  expect((await asLead.call('inbox_peek')).content).toEqual({ items: [], count: 0 })
  expect((await asLead.call('wait_for_message', { timeout_s: 0 })).content).toEqual({
    timeout: true,
  })
  const task = await asLead.call('check_task_status', { task_id: work.task_id })
  expect(task.content).toMatchObject({ status: 'failed', error: { detail: 'Too hard.' } })
  expect((await asLead.call('check_task_status')).content).toMatchObject({
    delegations: [{ status: 'failed' }],
  })
})

test('work that is not begun can be given back, and is handed out again under another fence', async () => {
  const { scout, asLead, asScout } = await given()
  await asLead.call('delegate_task_async', { workspace_id: scout.id, task: 'Dig' })
  const { content: work } = await asScout.call('wait_for_message')
  const held = { task_id: work.task_id, attempt: work.attempt, fence: work.fence }

  await asScout.call('return_task', held)
  const { content: again } = await asScout.call('wait_for_message')
  const late = await asScout.call('complete_task', { ...held, result: 'x' })

  expect(again).toMatchObject({ task_id: work.task_id })
  expect(again.fence).not.toBe(work.fence)
  expect(late).toMatchObject({ isError: true, content: { error: { code: 'fenced' } } })
})

test('a refusal is an answer with its reason and what to do', async () => {
  const { lead, asLead, server } = await given()
  const stranger = await server.client.workspaces.create({ name: 'X', external: true })
  const hidden = await server.client.workspaces.create({
    ...{ name: 'Y', parent_id: stranger.id, external: true },
  })
  const nobody = crypto.randomUUID()
  const errorOf = async (name: string, args: Record<string, unknown>) => {
    const { content, isError } = await asLead.call(name, args)
    return { isError, ...(content.error as object) }
  }

  for (const [name, args, code] of [
    ['delegate_task', { workspace_id: hidden.id, task: 'x' }, 'forbidden_pair'],
    ['delegate_task', { workspace_id: lead.id, task: 'x' }, 'self_delegation'],
    ['delegate_task_async', { workspace_id: nobody, task: 'x' }, 'not_found'],
    ['check_task_status', { task_id: nobody }, 'not_found'],
    ['report_progress', { task_id: nobody }, 'not_found'],
    ['ask_question', { task_id: nobody, question: 'Why?' }, 'not_found'],
    ['send_message_to_user', { message: ' ' }, 'invalid'],
  ] as const)
    expect([name, await errorOf(name, args)]).toEqual([
      name,
      expect.objectContaining({ isError: true, code, hint: expect.any(String) }),
    ])
})

test('people and their assistants steer the organization by the rights that they have', async () => {
  const { server, scout } = await given()
  const viewer = await server.client.tokens.org.create({
    ...{ name: 'viewer', scopes: ['workspaces:read', 'tasks:read'] },
  })
  const asAdmin = await connected(server, '/mcp', server.adminToken)
  const asViewer = await connected(server, '/mcp', viewer.auth_token)

  const { content: made } = await asAdmin.call('create_workspace', {
    ...{ name: 'New', runtime_config: { command: 'cat' } },
  })
  const list = await asViewer.call('list_workspaces')
  const refused = await asViewer.call('create_workspace', { name: 'Other' })
  const { content: task } = await asAdmin.call('ask_workspace', {
    ...{ workspace_id: scout.id, text: 'Hello', timeout_s: 0 },
  })
  await asAdmin.call('cancel_task', { task_id: task.id })

  expect(made).toMatchObject({ name: 'New' })
  expect(list.content.workspaces).toHaveLength(3)
  expect(refused).toMatchObject({ isError: true, content: { error: { code: 'forbidden' } } })
  expect((await asViewer.call('get_task', { task_id: task.id })).content).toMatchObject({
    status: 'canceled',
  })
  expect((await asAdmin.call('list_tasks', { status: 'open' })).content).toMatchObject({
    tasks: [],
  })
  expect((await asAdmin.call('explain_task', { task_id: task.id })).isError).toBe(false)
  for (const verb of ['restart_workspace', 'pause_workspace', 'resume_workspace'])
    expect([verb, (await asAdmin.call(verb, { workspace_id: made.id })).isError]).toEqual([
      verb,
      false,
    ])
  expect((await asAdmin.call('get_workspace', { workspace_id: made.id })).content).toMatchObject({
    name: 'New',
  })
})

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
}

test('only the token of a workspace, and who may read it, reach its tools; a page of another site reaches none', async () => {
  const { server, lead, scout } = await given()
  const post = async (path: string, headers: Record<string, string>) =>
    (
      await server.request('POST', path, {
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        body: JSON.stringify(initialize),
      })
    ).status
  const own = `/workspaces/${lead.id}/mcp`
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

  expect(await post(own, bearer(lead.agent))).toBe(200)
  expect(await post(own, bearer(server.adminToken))).toBe(200)
  expect(await post(own, {})).toBe(401)
  expect(await post(own, bearer(scout.token))).toBe(403)
  expect(await post(own, bearer(lead.host))).toBe(403)
  expect(await post('/mcp', bearer(lead.agent))).toBe(403)
  expect(await post(own, { ...bearer(lead.agent), origin: 'https://evil.example' })).toBe(403)
  expect(await post(own, { ...bearer(lead.agent), origin: server.url })).toBe(200)
})

test('who hangs up while a tool waits leaves nothing behind, and the work is there for the next', async () => {
  const { server, scout, asLead, asScout } = await given()
  const gone = new AbortController()
  const hung = fetch(`${server.url}/workspaces/${scout.id}/mcp`, {
    method: 'POST',
    signal: gone.signal,
    headers: {
      authorization: `Bearer ${scout.token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 2, method: 'tools/call' },
      params: { name: 'wait_for_message', arguments: { timeout_s: 60 } },
    }),
  })
  const reader = hung.then((answer) => answer.text())
  setTimeout(() => gone.abort(), 200)
  await expect(reader).rejects.toThrow()

  await asLead.call('delegate_task_async', { workspace_id: scout.id, task: 'Dig' })
  const { content } = await asScout.call('wait_for_message', { timeout_s: 10 })

  expect(content).toMatchObject({ kind: 'work', text: 'Dig', deliveries: 1 })
})
