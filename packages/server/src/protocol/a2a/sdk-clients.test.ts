import { type Message, Role, type StreamResponse, TaskState } from '@a2a-js/sdk'
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import {
  ClientFactory as LegacyFactory,
  DefaultAgentCardResolver as LegacyResolver,
  JsonRpcTransportFactory as LegacyTransport,
} from 'a2a03/client'
import { expect, test } from 'vitest'
import { givenAgent } from '../../testing/given-a2a.ts'

const authorized =
  (token: string) =>
  (url: string | URL | Request, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return fetch(url, { ...init, headers })
  }

const message = (text: string): Message => ({
  messageId: crypto.randomUUID(),
  role: Role.ROLE_USER,
  contextId: '',
  taskId: '',
  parts: [
    { content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: '' },
  ],
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
})

const request = (text: string, returnImmediately = false) => ({
  tenant: '',
  message: message(text),
  configuration: {
    acceptedOutputModes: ['text/plain'],
    taskPushNotificationConfig: undefined,
    returnImmediately,
  },
  metadata: undefined,
})

async function given(binding: 'JSONRPC' | 'HTTP+JSON') {
  const world = await givenAgent()
  const fetchImpl = authorized(world.server.adminToken)
  const factory = new ClientFactory({
    transports: [
      binding === 'JSONRPC'
        ? new JsonRpcTransportFactory({ fetchImpl })
        : new RestTransportFactory({ fetchImpl }),
    ],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  })
  const client = await factory.createFromUrl(
    world.server.url,
    `${world.base}/.well-known/agent-card.json`,
  )
  return { ...world, client }
}

const kinds = (events: StreamResponse[]) => events.map(({ payload }) => payload?.$case)

test.each(['JSONRPC', 'HTTP+JSON'] as const)(
  'the official client speaks 1.0 with a workspace over %s: send, get, list, cancel',
  async (binding) => {
    const { client, answer } = await given(binding)

    const [sent] = await Promise.all([client.sendMessage(request('hello')), answer('HELLO')])
    const got = await client.getTask({ tenant: '', id: 'id' in sent ? sent.id : '' })
    const listed = await client.listTasks({
      tenant: '',
      contextId: '',
      status: TaskState.TASK_STATE_UNSPECIFIED,
      pageToken: '',
      statusTimestampAfter: undefined,
    })
    const open = await client.sendMessage(request('never mind', true))
    const id = 'id' in open ? open.id : ''
    const canceled = await client.cancelTask({ tenant: '', id, metadata: undefined })

    expect(got).toMatchObject({
      status: { state: TaskState.TASK_STATE_COMPLETED },
      artifacts: [{ parts: [{ content: { $case: 'text', value: 'HELLO' } }] }],
      history: [{ role: Role.ROLE_USER, parts: [{ content: { value: 'hello' } }] }],
    })
    expect(listed).toMatchObject({ totalSize: 1, tasks: [{ id: got.id, artifacts: [] }] })
    expect(canceled.status?.state).toBe(TaskState.TASK_STATE_CANCELED)
    await expect(client.getTask({ tenant: '', id: 'nothing' })).rejects.toMatchObject({
      reason: 'TASK_NOT_FOUND',
    })
    await expect(client.cancelTask({ tenant: '', id, metadata: undefined })).rejects.toMatchObject({
      reason: 'TASK_NOT_CANCELABLE',
    })
  },
)

test.each(['JSONRPC', 'HTTP+JSON'] as const)(
  'the official client streams 1.0 over %s: the task, what it prints, its result, its end',
  async (binding) => {
    const { client, begin, print, end } = await given(binding)
    const events: StreamResponse[] = []
    const streaming = (async () => {
      for await (const event of client.sendMessageStream(request('work'))) events.push(event)
    })()

    const ref = await begin()
    await print(ref, 0, 'half way')
    const late: StreamResponse[] = []
    const joining = (async () => {
      for await (const event of client.resubscribeTask({ tenant: '', id: ref.task_id }))
        late.push(event)
    })()
    await expect.poll(() => kinds(late)).toContain('statusUpdate')
    await end(ref, 'done')
    await Promise.all([streaming, joining])

    expect(kinds(events)[0]).toBe('task')
    expect(kinds(events).slice(-2)).toEqual(['artifactUpdate', 'statusUpdate'])
    expect(events.at(-1)?.payload).toMatchObject({
      value: { status: { state: TaskState.TASK_STATE_COMPLETED } },
    })
    expect(JSON.stringify(events)).toContain('half way')
    expect(late.at(-1)).toEqual(events.at(-1))
    expect(JSON.stringify(late)).toContain('half way')
  },
)

test('CM-26: the official client of 0.3 speaks with a workspace: send, stream, get, cancel', async () => {
  const { server, base, answer, begin, end } = await givenAgent()
  const fetchImpl = authorized(server.adminToken)
  const factory = new LegacyFactory({
    transports: [new LegacyTransport({ fetchImpl })],
    cardResolver: new LegacyResolver({ fetchImpl }),
  })
  const client = await factory.createFromUrl(server.url, `${base}/.well-known/agent-card.json`)
  const legacy = (text: string) => ({
    message: {
      kind: 'message' as const,
      messageId: crypto.randomUUID(),
      role: 'user' as const,
      parts: [{ kind: 'text' as const, text }],
    },
  })

  const [sent] = await Promise.all([client.sendMessage(legacy('hello')), answer('HELLO')])
  const streamed: { kind: string }[] = []
  const streaming = (async () => {
    for await (const event of client.sendMessageStream(legacy('work'))) streamed.push(event)
  })()
  const ref = await begin()
  await end(ref, 'done')
  await streaming

  expect(sent).toMatchObject({
    kind: 'task',
    status: { state: 'completed' },
    artifacts: [{ parts: [{ kind: 'text', text: 'HELLO' }] }],
  })
  expect(streamed.map(({ kind }) => kind)[0]).toBe('task')
  expect(streamed.at(-1)).toMatchObject({ kind: 'status-update', final: true })
  expect(await client.getTask({ id: ref.task_id })).toMatchObject({
    status: { state: 'completed' },
  })
  await expect(client.cancelTask({ id: ref.task_id })).rejects.toThrow()
})
