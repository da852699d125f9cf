import { createHmac } from 'node:crypto'
import type { WebhookId } from '@molecule/contract/id'
import {
  type CreateWebhook,
  Webhook,
  WebhookDelivery,
  WebhookReceipt,
  WebhookReceipts,
  WebhookWithSecret,
} from '@molecule/contract/webhook'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { githubRequest, signedRequest } from '../testing/sign-delivery.ts'
import { bodyOf, refusalOf, type TestServer, testServer } from '../testing/test-server.ts'

const ofGithub = {
  name: 'issues',
  kind: 'github',
  prompt: 'Look at {{event}} {{action}} in {{repository}}.\n{{title}}',
  events: ['issues.opened'],
} satisfies CreateWebhook
const ofAny = { name: 'ci', kind: 'generic', prompt: '{{event}}: {{body}}' } satisfies CreateWebhook

const opened = {
  action: 'opened',
  issue: { title: 'It is broken', body: 'Badly', html_url: 'https://github.com/a/b/issues/1' },
  repository: { full_name: 'a/b' },
  sender: { login: 'ann' },
}

const sharedSecret = 'one secret of all the server'.replaceAll(' ', '-')

async function given(input: CreateWebhook = ofGithub, env: NodeJS.ProcessEnv = {}) {
  const server = await testServer({ env })
  const { client } = server
  const { id } = await client.workspaces.create({ name: 'W', external: true })
  const made = await client.webhooks.create(id, input)
  const { secret } = made
  return {
    ...{ server, client, id, made, secret, key: { workspace: id, webhook: made.id } },
    send: (request: RequestInit, webhook: string = made.id) =>
      server.request('POST', `/webhooks/in/${webhook}`, request),
    tasks: async () => (await client.tasks.list({ workspace_id: id })).tasks,
    outcomes: async () =>
      (await client.webhooks.deliveries({ workspace: id, webhook: made.id })).map(
        ({ outcome }) => outcome,
      ),
  }
}

const receiptOf = async (answer: Response) => ({
  code: answer.status,
  ...WebhookReceipt.parse(await answer.json()),
})

const countOf = async ({ db }: TestServer, table: 'tasks' | 'webhookDeliveries') =>
  (await db.selectFrom(table).selectAll().execute()).length

test('a webhook is made, listed without its secret, changed and deleted, and says so in the audit log', async () => {
  const { client, id, made, secret, key } = await given()

  const [listed] = await client.webhooks.list(id)
  const changed = await client.webhooks.update(key, { name: 'other', events: ['issues'] })
  await client.webhooks.remove(key)

  expect(WebhookWithSecret.parse(made)).toEqual(made)
  expect(secret).toMatch(/^mol_webhook_[\w-]{43}$/)
  expect(Webhook.strict().parse(listed)).not.toHaveProperty('secret')
  expect(listed?.url).toMatch(/^http:.*\/webhooks\/in\/[0-9a-f-]{36}$/)
  expect(changed).toMatchObject({ name: 'other', events: ['issues'], enabled: true })
  expect(await client.webhooks.list(id)).toEqual([])
  const { records: all } = await client.audit.list({ limit: 20 })
  const records = all.filter(({ entity }) => entity === 'webhook')
  expect(records.map(({ action }) => action)).toEqual([
    'webhook.delete',
    'webhook.update',
    'webhook.create',
  ])
  expect(JSON.stringify(records)).not.toContain(secret)
})

test('its secret is stored encrypted, and outlives a rotation of the data key', async () => {
  const { server, secret, send, client } = await given()
  const stored = await server.db.selectFrom('webhooks').selectAll().executeTakeFirstOrThrow()

  const rotated = await client.secrets.rotateKey()
  const answer = await send(githubRequest(secret, { event: 'issues', payload: opened }))

  expect(JSON.stringify(stored)).not.toContain(secret)
  expect(rotated).toMatchObject({ reencrypted: 1, failed_keys: [] })
  const keys = await server.db.selectFrom('secretKeys').selectAll().orderBy('version').execute()
  expect(keys.map(({ retiredAt }) => retiredAt === null)).toEqual([false, true])
  expect(answer.status).toBe(202)
})

test('CM-68: a delivery is stored with its task, then acknowledged, and makes one task however often it comes', async () => {
  const { client, id, key, made, secret, send, tasks } = await given()
  const request = githubRequest(secret, { event: 'issues', delivery: 'guid-1', payload: opened })

  const first = await receiptOf(await send(request))
  const again = await Promise.all(
    [send(request), send(request)].map(async (each) => receiptOf(await each)),
  )

  expect(first).toEqual({ code: 202, status: 'accepted', task_id: expect.any(String) })
  for (const each of again) expect(each).toEqual({ ...first, code: 200, duplicate: true })
  expect(await tasks()).toMatchObject([
    { id: first.task_id, caller: { kind: 'webhook', id: made.id }, status: 'queued' },
  ])
  const { text } = await client.tasks.get(first.task_id ?? '')
  expect(text).toMatch(
    /^Look at issues opened in a\/b\.\n[\s\S]*data from outside[\s\S]*It is broken/,
  )
  const deliveries = await client.webhooks.deliveries(key)
  expect(deliveries.map((each) => WebhookDelivery.parse(each))).toMatchObject([
    { delivery_key: 'guid-1', event: 'issues.opened', outcome: 'accepted', task_status: 'queued' },
  ])
  const { events } = await client.events({ limit: 50 })
  expect(events.filter(({ event }) => event === 'WEBHOOK_TRIGGERED')).toMatchObject([
    {
      workspace_id: id,
      payload: { webhook_id: made.id, name: 'issues', task_id: first.task_id },
    },
  ])
})

test('CM-68: of twenty that bring the same delivery at a time one makes the task', async () => {
  const { secret, send, tasks } = await given(ofAny)
  const request = signedRequest(secret, { payload: { body: 'x' } })

  const answers = await Promise.all(Array.from({ length: 20 }, () => send(request)))

  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 202])
  expect(await tasks()).toHaveLength(1)
})

test('CM-68: a delivery that cannot be stored makes no task, and is not acknowledged', async () => {
  const { server, secret, send, tasks } = await given(ofAny)
  const signed = (delivery: string) => signedRequest(secret, { payload: {}, delivery })
  await send(signed('first'))
  await transact(server.db, (tx) =>
    sql`create unique index one_of_each on webhook_deliveries (event_name)`.execute(tx),
  )

  const broken = await send(signed('second'))
  await transact(server.db, (tx) => sql`drop index one_of_each`.execute(tx))
  const mended = await send(signed('second'))

  expect(await refusalOf(broken)).toEqual([500, 'internal'])
  expect(mended.status).toBe(202)
  expect(await tasks()).toHaveLength(2)
})

test('CM-68: every webhook has its own secret, and a rotation ends the former one', async () => {
  const { client, id, key, secret, send } = await given(ofAny)
  const other = await client.webhooks.create(id, { ...ofAny, name: 'other' })
  const signed = (by: string, n: number) => signedRequest(by, { payload: { n } })

  const statuses = [
    (await send(signed(other.secret, 1))).status,
    (await send(signed(secret, 2), other.id)).status,
    (await send(signed(secret, 3))).status,
  ]
  const rotated = await client.webhooks.rotate(key)
  statuses.push((await send(signed(secret, 4))).status)
  statuses.push((await send(signed(rotated.secret, 5))).status)

  expect(statuses).toEqual([401, 401, 202, 401, 202])
  expect(rotated.secret).not.toBe(secret)
})

test('CM-67: an opened issue starts only what subscribed to it, by id, and nothing by its name', async () => {
  const { server, client, id, secret, send, tasks } = await given()
  const named = await client.workspaces.create({ name: 'pick-up-work', external: true })
  const schedules = [
    await client.schedules.create(id, {
      name: 'pick-up-work',
      cron_expr: '0 9 * * *',
      prompt: 'x',
    }),
    await client.schedules.create(named.id, {
      name: 'pr review',
      cron_expr: '0 9 * * *',
      prompt: 'x',
    }),
  ]
  await client.webhooks.create(id, {
    ...ofGithub,
    name: 'reviews',
    events: ['pull_request_review'],
  })
  await client.webhooks.create(named.id, ofGithub)
  const before = await server.db.selectFrom('schedules').selectAll().orderBy('id').execute()

  const answers = [
    await receiptOf(await send(githubRequest(secret, { event: 'issues', payload: opened }))),
    await receiptOf(
      await send(
        githubRequest(secret, { event: 'pull_request_review', payload: { action: 'submitted' } }),
      ),
    ),
  ]

  expect(answers).toMatchObject([{ status: 'accepted' }, { code: 202, status: 'ignored' }])
  expect(await tasks()).toHaveLength(1)
  expect(await countOf(server, 'tasks')).toBe(1)
  expect(await server.db.selectFrom('schedules').selectAll().orderBy('id').execute()).toEqual(
    before,
  )
  expect(schedules).toHaveLength(before.length)
})

test('unknown, disabled, removed and badly signed are one 401, which stores and starts nothing', async () => {
  const { server, client, id, key, secret, send } = await given(ofAny)
  const good = () => signedRequest(secret, { payload: { body: 'x' } })
  const bad = (signature: string): RequestInit => ({
    body: '{}',
    headers: { 'x-molecule-signature': signature },
  })
  const answers = [
    await send(good(), crypto.randomUUID()),
    await send(good(), 'x'),
    await send(signedRequest('wrong', { payload: {} })),
    await send(bad('')),
    await send(bad('t=1,v1=zz')),
    await send(bad(`t=${Math.floor(Date.now() / 1000)},v1=${'0'.repeat(64)}`)),
    await send({ body: '{}', headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } }),
    await send({ ...good(), body: '{"body":"y"}' }),
  ]
  await client.webhooks.update(key, { enabled: false })
  answers.push(await send(good()))
  await client.webhooks.update(key, { enabled: true })
  await client.workspaces.remove(id)
  answers.push(await send(good()))

  const told = new Set<string>()
  for (const answer of answers) {
    const { trace_id: _, ...problem } = await bodyOf<Record<string, unknown>>(answer)
    told.add(JSON.stringify(problem))
  }
  expect([...told].map((text) => JSON.parse(text))).toMatchObject([{ status: 401 }])
  expect(await countOf(server, 'tasks')).toBe(0)
  expect(await countOf(server, 'webhookDeliveries')).toBe(0)
  expect(await server.db.selectFrom('webhooks').selectAll().execute()).toEqual([])
})

test('what was signed five minutes ago, or will be, is signed by nobody now', async () => {
  const { server, secret, send } = await given(ofAny)
  const now = Date.UTC(2030, 0, 1)
  server.services.clock = { ...server.services.clock, now: () => now }
  const signedAt = async (at: number) =>
    (await send(signedRequest(secret, { payload: { at }, at }))).status

  const statuses = [
    await signedAt(now - 301_000),
    await signedAt(now - 299_000),
    await signedAt(now + 299_000),
    await signedAt(now + 301_000),
  ]

  expect(statuses).toEqual([401, 202, 202, 401])
})

test('a body over a MiB is refused whole, one that is no JSON object once it is known to be signed', async () => {
  const { server, secret, send } = await given(ofAny)

  const answers = [
    await send(signedRequest(secret, { payload: { body: 'x'.repeat(1024 * 1024) } })),
    await send(signedRequest(secret, { payload: 'nonsense' })),
    await send(signedRequest(secret, { payload: [1] })),
    await send(signedRequest(secret, { payload: { event: 'not a name' } })),
    await send({ body: 'nonsense', headers: {} }),
  ]

  expect(await Promise.all(answers.map(refusalOf))).toEqual([
    [413, 'too_large'],
    [400, 'invalid'],
    [400, 'invalid'],
    [400, 'invalid'],
    [401, 'unauthenticated'],
  ])
  expect(await countOf(server, 'webhookDeliveries')).toBe(0)
})

test('a ping is answered, a form is read, and a delivery without an event is refused', async () => {
  const { secret, send, tasks } = await given()
  const form = new URLSearchParams({ payload: JSON.stringify(opened) }).toString()
  const signature = `sha256=${createHmac('sha256', secret).update(form).digest('hex')}`
  const ping = githubRequest(secret, { event: 'ping', payload: { zen: 'Keep it simple.' } })

  const pong = await receiptOf(await send(ping))
  const accepted = await send({
    body: form,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-github-event': 'issues',
      'x-hub-signature-256': signature,
    },
  })
  const called = githubRequest(secret, { event: 'issues', payload: opened })
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const document = await send({ ...called, headers: { ...called.headers, ...type } })
  const refused = await send(githubRequest(secret, { event: '', payload: opened }))

  expect(pong).toEqual({ code: 200, status: 'pong' })
  expect([accepted, document, refused].map(({ status }) => status)).toEqual([202, 202, 400])
  expect(await tasks()).toHaveLength(2)
})

test('a storm makes sixty tasks a minute, says when to come back, and is judged anew then', async () => {
  const { server, made, secret, send, tasks, outcomes } = await given()
  const storm = (n: number) =>
    send(githubRequest(secret, { event: 'issues', delivery: `guid-${n}`, payload: opened }))
  for (let n = 0; n < 60; n += 1) await storm(n)

  const refused = await storm(60)
  const known = await storm(59)
  await transact(server.db, (tx) =>
    tx
      .updateTable('webhookDeliveries')
      .set((is) => ({ receivedAt: is('receivedAt', '-', 60_000) }))
      .where('webhookId', '=', made.id as WebhookId)
      .execute(),
  )
  const later = await storm(60)

  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  expect([known.status, later.status]).toEqual([200, 202])
  expect(await tasks()).toHaveLength(61)
  expect(new Set(await outcomes())).toEqual(new Set(['accepted']))
})

test('of what made no task the newest two hundred are kept, and of all of it fifty are listed', async () => {
  const { server, client, key, secret, send } = await given()
  const star = (n: number) =>
    send(githubRequest(secret, { event: 'star', delivery: `${n}`, payload: {} }))
  await send(githubRequest(secret, { event: 'issues', delivery: 'first', payload: opened }))

  for (let n = 0; n < 210; n += 1) await star(n)

  const kept = await server.db.selectFrom('webhookDeliveries').selectAll().execute()
  expect(kept.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1)
  expect(kept.length).toBeLessThanOrEqual(201)
  expect(await client.webhooks.deliveries(key)).toHaveLength(50)
})

test('what waits for a paused workspace is kept', async () => {
  const { client, id, secret, send, tasks } = await given(ofAny)
  await client.workspaces.pause(id)

  await send(signedRequest(secret, { payload: {} }))

  expect(await tasks()).toMatchObject([{ status: 'queued', waiting_for: 'workspace' }])
})

test.each([
  [{ ...ofGithub, events: [] }, 'names the events'],
  [{ ...ofGithub, events: ['issues opened'] }, 'events'],
  [{ ...ofAny, prompt: ' ' }, 'prompt'],
  [{ ...ofAny, secret: 'mine' }, 'secret'],
])('%j is refused', async (bad, why) => {
  const { client, id } = await given()

  const refused = await client.webhooks
    .create(id, { ...bad, name: 'bad' } as CreateWebhook)
    .catch((error) => error.problem)

  expect(refused).toMatchObject({ code: 'invalid' })
  expect(JSON.stringify(refused)).toContain(why)
})

test('a name is taken once in a workspace, and one of GitHub never loses its events', async () => {
  const { client, id, key } = await given()
  const codeOf = (call: Promise<unknown>) => call.catch((error) => error.code)

  const codes = [
    await codeOf(client.webhooks.create(id, ofGithub)),
    await codeOf(client.webhooks.update(key, { events: [] })),
    await codeOf(client.webhooks.update({ ...key, webhook: id }, { enabled: false })),
  ]

  expect(codes).toEqual(['name_taken', 'invalid', 'not_found'])
})

test('LC-29: an agent has the webhooks of its own workspace, and no others', async () => {
  const server = await testServer()
  const agent = await givenHosted(server, { name: 'agent' })
  const peer = await server.client.workspaces.create({ name: 'peer', external: true })
  const there = await server.client.webhooks.create(peer.id, ofAny)
  const asAgent = (method: string, path: string, body?: unknown) =>
    server.request(method, path, {
      headers: { authorization: `Bearer ${agent.agent}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  const answers = [
    await asAgent('POST', `/workspaces/${agent.id}/webhooks`, ofAny),
    await asAgent('GET', `/workspaces/${peer.id}/webhooks`),
    await asAgent('POST', `/workspaces/${peer.id}/webhooks/${there.id}/rotate`),
    await asAgent('POST', `/workspaces/${agent.id}/webhooks/${there.id}/rotate`),
    await asAgent('GET', `/workspaces/${agent.id}/webhooks/${there.id}/deliveries`),
  ]

  expect(answers.map(({ status }) => status)).toEqual([201, 403, 403, 404, 404])
})

test('CM-67: the older route reaches the webhooks of one workspace that are for the event, and no schedule', async () => {
  const { server, client, id, made } = await given(ofGithub, {
    GITHUB_WEBHOOK_SECRET: sharedSecret,
  })
  await client.schedules.create(id, { name: 'pick-up-work', cron_expr: '0 9 * * *', prompt: 'x' })
  const second = await client.webhooks.create(id, { ...ofGithub, name: 'all', events: ['issues'] })
  await client.webhooks.create(id, {
    ...ofGithub,
    name: 'reviews',
    events: ['pull_request_review'],
  })
  await client.webhooks.create(id, ofAny)
  const none = await client.workspaces.create({ name: 'none', external: true })
  const before = await server.db.selectFrom('schedules').selectAll().execute()
  const request = githubRequest(sharedSecret, { event: 'issues', delivery: 'g', payload: opened })
  const send = (path: string, init = request) =>
    server.request('POST', `/webhooks/github${path}`, init)

  const accepted = await send(`/${id}`)
  const receipt = WebhookReceipts.parse(await accepted.json())
  const again = WebhookReceipts.parse(await (await send(`/${id}`)).json())
  const statuses = [
    await send(''),
    await send(`/${none.id}`),
    await send(`/${id}`, githubRequest('wrong', { event: 'issues', payload: opened })),
    await send(`/${id}`, githubRequest(sharedSecret, { event: 'ping', payload: {} })),
    await send(`/${id}`, githubRequest(sharedSecret, { event: 'star', payload: {} })),
  ].map(({ status }) => status)

  expect(accepted.status).toBe(202)
  const made_of = receipt.deliveries?.filter(({ status }) => status === 'accepted')
  expect(made_of?.map(({ webhook_id }) => webhook_id).sort()).toEqual([made.id, second.id].sort())
  expect(again).toMatchObject({ status: 'accepted', duplicate: true })
  expect(statuses).toEqual([400, 404, 401, 200, 202])
  expect(await countOf(server, 'tasks')).toBe(2)
  expect(await server.db.selectFrom('schedules').selectAll().execute()).toEqual(before)
})

test('without the secret of all the older route takes nothing', async () => {
  const { server, id, secret } = await given()
  const request = githubRequest(secret, { event: 'issues', payload: opened })

  const answer = await server.request('POST', `/webhooks/github/${id}`, request)

  expect(await refusalOf(answer)).toEqual([503, 'unavailable'])
})
