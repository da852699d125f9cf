import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { bindings } from '../../testing/a2a-bindings.ts'
import { givenAgent } from '../../testing/given-a2a.ts'
import { testServer } from '../../testing/test-server.ts'

type Heard = { headers: IncomingHttpHeaders; body: string }

/** A receiver on this machine, which answers with the next of the statuses, the last of them for ever. */
async function givenReceiver(...statuses: number[]) {
  const heard: Heard[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    heard.push({ headers: request.headers, body })
    response.writeHead(statuses[Math.min(heard.length, statuses.length) - 1] ?? 200).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { heard, url: `http://127.0.0.1:${port}/hook` }
}

const env = { OUTBOUND_ALLOW: '127.0.0.1' }
const message = {
  message: { messageId: 'm', role: 'ROLE_USER', parts: [{ text: 'work' }] },
  configuration: { returnImmediately: true },
}
const stateOf = ({ body }: Heard) => {
  const { task } = JSON.parse(body) as { task: { status: { state: string } } }
  return task.status.state
}

test('[PUSH-DELIVER-001] [PUSH-DELIVER-002] [PUSH-DELIVER-003] a receiver is told as itself, with proof of who tells, until the end', async () => {
  const { heard, url } = await givenReceiver(200)
  const world = await givenAgent(await testServer({ env }))
  const { call } = bindings['JSON-RPC'](world.server, world.base)
  const push = {
    url,
    token: 'its token',
    authentication: { scheme: 'Bearer', credentials: 'sesame' },
  }
  await call({
    do: 'send',
    params: {
      ...message,
      configuration: { returnImmediately: true, taskPushNotificationConfig: push },
    },
  })

  await world.answer('done')

  await expect.poll(() => heard.map(stateOf).at(-1)).toBe('TASK_STATE_COMPLETED')
  const last = heard.at(-1)
  expect(JSON.parse(last?.body ?? '')).toMatchObject({
    task: { artifacts: [{ parts: [{ text: 'done' }] }] },
  })
  const signature = createHmac('sha256', 'its token')
    .update(last?.body ?? '')
    .digest('hex')
  expect(last?.headers).toMatchObject({
    authorization: 'Bearer sesame',
    'x-a2a-notification-token': 'its token',
    'x-molecule-signature': `sha256=${signature}`,
    'content-type': 'application/a2a+json',
  })
  const { rows } = { rows: await world.server.db.selectFrom('pushConfigs').selectAll().execute() }
  expect(JSON.stringify(rows)).not.toMatch(/sesame|its token/)
})

test('a receiver that fails is tried again, also by the next server, and hears of the end', async () => {
  const { heard, url } = await givenReceiver(500, 200)
  const first = await testServer({ env })
  const world = await givenAgent(first)
  const { call } = bindings['HTTP+JSON'](world.server, world.base)
  await call({
    do: 'send',
    params: {
      ...message,
      configuration: { returnImmediately: true, taskPushNotificationConfig: { url } },
    },
  })
  await world.answer('done')
  await expect.poll(() => heard.length).toBeGreaterThan(0)
  await first.close()

  await testServer({ env, after: first })

  await expect.poll(() => heard.length, { timeout: 15_000 }).toBeGreaterThan(1)
  expect(heard.map(stateOf).at(-1)).toBe('TASK_STATE_COMPLETED')
}, 30_000)

test('a caller of 0.3 is told in the form of 0.3', async () => {
  const { heard, url } = await givenReceiver(200)
  const world = await givenAgent(await testServer({ env }))
  const ask = (method: string, params: object) =>
    world.server.request('POST', `${world.base}/a2a`, {
      headers: { authorization: `Bearer ${world.server.adminToken}`, 'x-timeout': '0' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
  const parts = [{ kind: 'text', text: 'work' }]
  const sent = await ask('message/send', { message: { role: 'user', parts } })
  const { result } = (await sent.json()) as { result: { id: string } }
  const set = await ask('tasks/pushNotificationConfig/set', {
    taskId: result.id,
    pushNotificationConfig: { url, token: 't' },
  })

  await world.answer('done')

  expect(await set.json()).toMatchObject({ result: { taskId: result.id } })
  await expect
    .poll(() => heard.map(({ body }) => JSON.parse(body)).at(-1))
    .toMatchObject({ kind: 'task', id: result.id, status: { state: 'completed' } })
})

test('turning the data key keeps what receivers gave us', async () => {
  const { heard, url } = await givenReceiver(200)
  const world = await givenAgent(await testServer({ env }))
  const { call } = bindings['JSON-RPC'](world.server, world.base)
  const push = { url, token: 'kept' }
  await call({
    do: 'send',
    params: {
      ...message,
      configuration: { returnImmediately: true, taskPushNotificationConfig: push },
    },
  })
  await world.server.client.secrets.rotateKey()
  await world.server.client.secrets.rotateKey()

  await world.answer('done')

  await expect.poll(() => heard.at(-1)?.headers['x-a2a-notification-token']).toBe('kept')
})

const each = Object.entries(bindings)

async function givenTask(binding: (typeof each)[number][1]) {
  const agent = await givenAgent()
  const world = binding(agent.server, agent.base)
  const { result } = await world.call({ do: 'send', params: message })
  const { id: taskId } = (result as { task: { id: string } }).task
  const refused = async (operation: Parameters<typeof world.call>[0]) =>
    (await world.call(operation)).error
  return { world, taskId, refused }
}

test.each(each)(
  '%s: [PUSH-CREATE-001] [PUSH-CREATE-002] [PUSH-GET-001] [PUSH-GET-002] [PUSH-LIST-001] [PUSH-DEL-001] [PUSH-DEL-002] receivers are kept, listed and deleted, for good and as often as asked',
  async (_, binding) => {
    const { world, taskId, refused } = await givenTask(binding)
    const config = { url: 'https://93.184.216.34/hook', token: 'mine' }

    const made = await world.call({ do: 'createPush', taskId, config: { ...config, id: 'first' } })
    const other = await world.call({ do: 'createPush', taskId, config })
    const found = await world.call({ do: 'getPush', taskId, id: 'first' })
    const listed = await world.call({ do: 'listPush', taskId })
    const gone = [
      await world.call({ do: 'deletePush', taskId, id: 'first' }),
      await world.call({ do: 'deletePush', taskId, id: 'first' }),
    ]

    expect(made.result).toMatchObject({ id: 'first', taskId, ...config })
    expect(other.result.id).toEqual(expect.any(String))
    expect(found.result).toMatchObject({ id: 'first', taskId, ...config })
    expect((listed.result.configs as never as { id: string }[]).map(({ id }) => id)).toEqual([
      'first',
      other.result.id,
    ])
    expect(gone.map(({ error }) => error)).toEqual([undefined, undefined])
    expect(await refused({ do: 'getPush', taskId, id: 'first' })).toMatchObject({
      info: { reason: 'TASK_NOT_FOUND' },
    })
    expect(await refused({ do: 'listPush', taskId: 'unknown' })).toMatchObject({
      info: { reason: 'TASK_NOT_FOUND' },
    })
  },
)

test.each(each)(
  '%s: a receiver that the server would not call is refused, and so is one without an address',
  async (_, binding) => {
    const { world, taskId, refused } = await givenTask(binding)

    for (const url of ['http://127.0.0.1:1/hook', 'http://169.254.169.254/', ''])
      expect(await refused({ do: 'createPush', taskId, config: { url } })).toBeDefined()
    expect((await world.call({ do: 'listPush', taskId })).result.configs ?? []).toEqual([])
  },
)

test('CM-11: a program that asks over the API is sent the answer, also when it had to ask twice', async () => {
  const { heard, url } = await givenReceiver(200)
  const world = await givenAgent(await testServer({ env }))
  const { workspaces, tasks } = world.server.client
  const body = { text: 'work', idempotency_key: 'k', reply_to: { url, token: 'its token' } }
  const first = await workspaces.ask(world.agent.id, body)
  const again = await workspaces.ask(world.agent.id, body)

  await world.answer('done')

  await expect.poll(() => heard.map(stateOf).at(-1)).toBe('TASK_STATE_COMPLETED')
  expect(again.id).toBe(first.id)
  expect(heard.filter((each) => stateOf(each) === 'TASK_STATE_COMPLETED')).toHaveLength(1)
  expect(heard.at(-1)?.headers['x-a2a-notification-token']).toBe('its token')
  await expect(
    workspaces.ask(world.agent.id, { text: 'x', reply_to: { url: 'http://169.254.169.254/' } }),
  ).rejects.toMatchObject({ code: 'url_refused' })
  expect((await tasks.list()).tasks).toHaveLength(1)
})
