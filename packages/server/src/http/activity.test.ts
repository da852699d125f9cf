import { randomUUID } from 'node:crypto'
import type { Activity } from '@molecule/contract/activity'
import { moleculeClient } from '@molecule/sdk'
import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, refusalOf, testServer } from '../testing/test-server.ts'

async function given() {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const as = (token: string) => moleculeClient({ baseUrl: server.url, token })
  const host = hostClient({ baseUrl: server.url, token: worker.host })
  /** The worker takes up its next task and ends it. */
  const work = async (end: { outcome: 'completed' | 'failed'; result?: string }) => {
    const { attempts } = await host.lease({ capacity: 1, wait_s: 0, running: [] })
    const { task_id, attempt, fence } = attempts[0] ?? { task_id: '', attempt: 0, fence: 0 }
    await host.start({ task_id, attempt, fence })
    const reason = { code: 'failed', detail: 'it broke', hint: 'mend it' }
    return host.complete({
      task_id,
      attempt,
      fence,
      ...end,
      ...(end.outcome === 'failed' ? { reason } : {}),
    })
  }
  const get = (path: string, token = server.adminToken) =>
    server.request('GET', path, { headers: { authorization: `Bearer ${token}` } })
  return {
    server,
    lead,
    worker,
    work,
    get,
    asLead: as(lead.agent).workspaces,
    asWorker: as(worker.agent).workspaces,
    people: server.client.workspaces,
  }
}

const facts = ({ activity_type, direction, method, source_id, target_id, status }: Activity) => ({
  activity_type,
  direction,
  method,
  source_id,
  target_id,
  status,
})

test('CM-11: CM-19: a delegation is in both logs, and its answer comes from who was asked', async () => {
  const { asLead, asWorker, lead, worker, work } = await given()
  const long = 'the whole answer '.repeat(500).trim()
  await asLead.delegate(lead.id, { target_id: worker.id, task: 'count the words' })
  await work({ outcome: 'completed', result: long })

  const [answer, asked] = await asLead.activity(lead.id)
  const [received] = await asWorker.activity(worker.id)

  expect(asked && facts(asked)).toEqual({
    activity_type: 'delegation',
    direction: 'out',
    method: 'delegate',
    source_id: lead.id,
    target_id: worker.id,
    status: 'ok',
  })
  expect(received && facts(received)).toMatchObject({
    activity_type: 'a2a_receive',
    source_id: lead.id,
  })
  expect(received?.request_body).toMatchObject({ text: 'count the words' })
  expect(answer && facts(answer)).toMatchObject({
    activity_type: 'a2a_receive',
    method: 'delegate_result',
    source_id: worker.id,
    target_id: lead.id,
  })
  expect(answer?.response_body).toMatchObject({ text: long })
})

test('CM-33: a failure is told with its reason, and what people ask has no source', async () => {
  const { asLead, people, lead, worker, work } = await given()
  await asLead.delegate(lead.id, { target_id: worker.id, task: 'try' })
  await work({ outcome: 'failed' })
  await people.ask(worker.id, { text: 'and now you' })

  expect((await asLead.activity(lead.id))[0]).toMatchObject({
    status: 'error',
    error_detail: 'it broke',
  })
  const [mine] = await people.activity(worker.id, { source: 'canvas' })
  expect(mine).toMatchObject({ source_id: null, data: { source: 'canvas', text: 'and now you' } })
})

test('CM-16: RD-102: a reader goes on strictly after an entry, oldest first; one that is not of this log is gone', async () => {
  const { people, lead, worker, get } = await given()
  for (const text of ['one', 'two', 'three']) await people.ask(worker.id, { text })
  const [newest, , oldest] = await people.activity(worker.id)
  await people.ask(lead.id, { text: 'elsewhere' })
  const [foreign] = await people.activity(lead.id)

  const rest = await people.activity(worker.id, { since_id: oldest?.id ?? '' })
  const before = await people.activity(worker.id, { before_id: newest?.id ?? '' })

  expect(rest.map(({ summary, seq }) => [summary, seq])).toEqual([
    ['two', 2],
    ['three', 3],
  ])
  expect(before.map(({ summary }) => summary)).toEqual(['two', 'one'])
  for (const id of ['00000000-0000-0000-0000-000000000000', randomUUID(), foreign?.id])
    expect((await get(`/workspaces/${worker.id}/activity?since_id=${id}&limit=1`)).status).toBe(410)
})

test('CM-18: RD-42: what an agent says and reports is never a message to itself', async () => {
  const { asWorker, worker } = await given()
  await asWorker.notify(worker.id, { message: 'hello, people' })
  await asWorker.reportActivity(worker.id, { activity_type: 'a2a_receive', summary: 'I answered' })

  expect(await asWorker.activity(worker.id, { type: 'a2a_receive' })).toEqual([])
  expect((await asWorker.activity(worker.id)).map(({ direction }) => direction)).toEqual([
    'own',
    'out',
  ])
})

test('CM-94: a report keeps its trace and its bodies, without the secrets in them', async () => {
  const { asWorker, worker } = await given()
  const key = `sk-ant-${'x'.repeat(24)}`
  const { id } = await asWorker.reportActivity(worker.id, {
    activity_type: 'agent_log',
    method: 'bash',
    summary: `used ${key}`,
    request_body: { command: `curl -H "x-api-key: ${key}"` },
    tool_trace: [{ tool: 'bash', input: 'ls', ms: 12 }],
    duration_ms: 12,
  })

  const entry = await asWorker.activityEntry(worker.id, id)

  expect(JSON.stringify(entry)).not.toContain(key)
  expect(entry).toMatchObject({
    tool_trace: [{ tool: 'bash', input: 'ls', ms: 12 }],
    duration_ms: 12,
    request_body: { command: expect.stringContaining('REDACTED') },
  })
})

test('CM-27: a long text is whole in its entry, and a list says that it shows a part', async () => {
  const { people, worker } = await given()
  const text = '😀'.repeat(30_000)
  await people.ask(worker.id, { text })

  const [listed] = await people.activity(worker.id)
  const whole = await people.activityEntry(worker.id, listed?.id ?? '')

  expect(listed?.is_cut).toBe(true)
  expect(String(listed?.request_body?.text).isWellFormed()).toBe(true)
  expect(whole).toMatchObject({ is_cut: false, request_body: { text } })
})

test('an agent speaks only of itself, and nobody reports for it', async () => {
  const { server, lead, worker, asWorker } = await given()
  const body = { activity_type: 'agent_log' as const }
  const other = { ...body, source_id: lead.id }
  const refuse = async (id: string, token: string, report: object) =>
    refusalOf(
      await server.request('POST', `/workspaces/${id}/activity`, {
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(report),
      }),
    )

  expect(await refuse(lead.id, worker.agent, body)).toEqual([403, 'forbidden'])
  expect(await refuse(worker.id, worker.agent, other)).toEqual([403, 'forbidden'])
  expect(await refuse(worker.id, worker.agent, { activity_type: 'delegation' })).toEqual([
    400,
    'invalid',
  ])
  expect(await refuse(worker.id, server.adminToken, body)).toEqual([403, 'forbidden'])
  expect(await asWorker.reportActivity(worker.id, { ...body, source_id: '' })).toMatchObject({
    status: 'logged',
  })
})

test('RD-79: CM-58: CM-89: what an agent says to the people is kept and told to who watches', async () => {
  const { server, asWorker, people, worker } = await given()
  const attachments = [{ uri: 'workspace:/workspace/plan.md', name: 'plan.md' }]
  const { activity_id } = await asWorker.notify(worker.id, { message: 'the plan', attachments })

  const [said] = await people.activity(worker.id, { method: 'notify' })
  const told = async () =>
    (await server.client.events({ since: 0, limit: 500 })).events.find(
      ({ event }) => event === 'AGENT_MESSAGE',
    )

  expect(said).toMatchObject({
    id: activity_id,
    direction: 'out',
    response_body: { text: 'the plan', parts: [{ kind: 'file', file: attachments[0] }] },
  })
  // It is shown once it has its number.
  await expect.poll(told).toMatchObject({
    workspace_id: worker.id,
    payload: { activity_id, message: 'the plan', name: 'worker', attachments },
  })
})

test('a message without words is refused, and changes nothing', async () => {
  const { server, worker, people } = await given()
  const answer = await server.request('POST', `/workspaces/${worker.id}/notify`, {
    headers: { authorization: `Bearer ${worker.agent}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message: '  ', attachments: [{ uri: '', name: 'x' }] }),
  })

  expect(await refusalOf(answer)).toEqual([400, 'invalid'])
  expect(await people.activity(worker.id)).toEqual([])
})

test('words are found in what was asked, answered and reported, whatever their case', async () => {
  const { asWorker, people, worker, work } = await given()
  await people.ask(worker.id, { text: 'Where is the Lighthouse?' })
  await work({ outcome: 'completed', result: 'On 100% of the rocks' })
  await asWorker.reportActivity(worker.id, {
    activity_type: 'agent_log',
    request_body: { path: '/lighthouse.md' },
  })

  const found = async (q: string) =>
    (await people.searchActivity(worker.id, { q })).map(({ activity_type }) => activity_type)

  expect(await found('LIGHTHOUSE')).toEqual(['agent_log', 'a2a_receive'])
  expect(await found('100%')).toEqual(['a2a_receive'])
  expect(await found('1__%')).toEqual([])
})

test('a reader can wait for the next entry, and learn who it is from', async () => {
  const { asLead, people, lead, worker } = await given()
  await people.ask(worker.id, { text: 'first' })
  const [first] = await people.activity(worker.id)
  const waiting = people.activity(worker.id, {
    since_id: first?.id ?? '',
    wait: 20,
    include: 'peer_info',
  })
  await asLead.delegate(lead.id, { target_id: worker.id, task: 'second' })

  expect(await waiting).toMatchObject([{ summary: 'second', peer_name: 'lead', peer_role: null }])
})

test('UI-6: CM-55: watchers of a log hear of every entry, each once and in order, and nobody else does', async () => {
  const { server, people, lead, worker } = await given()
  const socketOf = async (token: string, topic: string) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws`, {
      headers: { authorization: `Bearer ${token}` },
    })
    const heard: { event: string; payload: { id: string; seq: number } }[] = []
    socket.on('message', (data) => {
      const message = JSON.parse(String(data))
      if (message.event === 'ACTIVITY_LOGGED') heard.push(message)
    })
    await new Promise((resolve) => socket.once('message', resolve))
    socket.send(JSON.stringify({ type: 'subscribe', topics: [topic] }))
    return { socket, heard }
  }
  const mine = await socketOf(server.adminToken, `activity:${worker.id}`)
  const stranger = await socketOf(lead.agent, `activity:${worker.id}`)
  await expect
    .poll(async () => {
      await people.ask(worker.id, { text: 'until somebody listens' })
      return mine.heard.length
    })
    .toBeGreaterThan(0)
  for (const text of ['a', 'b', 'c']) await people.ask(worker.id, { text })
  const [newest] = await people.activity(worker.id)

  await expect.poll(() => mine.heard.at(-1)?.payload.seq).toBe(newest?.seq)
  expect(mine.heard.at(-1)?.payload.id).toBe(newest?.id)
  const seqs = mine.heard.map(({ payload }) => payload.seq)
  expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index))
  expect(stranger.heard).toEqual([])
  for (const { socket } of [mine, stranger]) socket.close()
})

test('CM-95: bad questions are refused by name', async () => {
  const { worker, get } = await given()
  for (const query of [
    'limit=0',
    'limit=501',
    'type=nonsense',
    'since_id=7',
    'since_secs=-1',
    'before_ts=today',
  ]) {
    const answer = await get(`/workspaces/${worker.id}/activity?${query}`)
    expect([query, answer.status]).toEqual([query, 400])
    const { fields } = await bodyOf<{ fields: { path: string }[] }>(answer)
    expect(fields[0]?.path).toBe(query.split('=')[0])
  }
})
