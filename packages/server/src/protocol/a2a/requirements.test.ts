import { moleculeClient } from '@molecule/sdk'
import { describe, expect, test } from 'vitest'
import { bindings } from '../../testing/a2a-bindings.ts'
import { givenAgent, givenCaller } from '../../testing/given-a2a.ts'
import { bodyOf } from '../../testing/test-server.ts'

/*
 * The requirements of A2A 1.0, by the ids of its conformance kit, as they show on the wire. Not here, because nothing of ours could
 * fail them: signatures of cards (we sign none), TLS (a matter of the proxy in front), gRPC.
 */

type Json = Record<string, never> & { [key: string]: never }
const part = (text: string) => ({ text })
const message = (text: string, more: object = {}) => ({
  message: { messageId: crypto.randomUUID(), role: 'ROLE_USER', parts: [part(text)], ...more },
})
const atOnce = { configuration: { returnImmediately: true } }

describe.each(Object.entries(bindings))('%s', (name, binding) => {
  const isRpc = name === 'JSON-RPC'
  const given = async () => {
    const world = await givenAgent()
    return { ...world, ...binding(world.server, world.base) }
  }
  type World = Awaited<ReturnType<typeof given>>
  const taskOf = ({ result }: { result: unknown }) =>
    (result as { task: Json }).task as never as Task
  type Task = {
    id: string
    contextId: string
    status: { state: string; timestamp: string; message?: { parts: { text: string }[] } }
    artifacts?: { artifactId: string; parts: { text: string }[] }[]
    history?: { role: string; messageId: string; parts: { text: string }[] }[]
  }
  const asked = async ({ call }: World, text = 'work', more: object = {}) =>
    taskOf(await call({ do: 'send', params: { ...message(text, more), ...atOnce } }))
  const refused = async (world: World, operation: Parameters<World['call']>[0]) =>
    (await world.call(operation)).error
  /** What a refusal is in this binding. */
  const as = (rpc: number, http: number) => (isRpc ? rpc : http)

  test('[CORE-SEND-001] [CORE-EXECUTION-MODE-001] [DM-TASK-001] a blocking send answers with the task and its result', async () => {
    const { call, answer } = await given()

    const [told] = await Promise.all([
      call({ do: 'send', params: message('hello') }),
      answer('HELLO'),
    ])

    expect(taskOf(told)).toMatchObject({
      id: expect.any(String),
      contextId: expect.any(String),
      status: { state: 'TASK_STATE_COMPLETED', timestamp: expect.stringMatching(/Z$/) },
      artifacts: [{ artifactId: 'result', parts: [{ text: 'HELLO' }] }],
    })
  })

  test('[CORE-EXECUTION-MODE-002] a send that does not block answers at once', async () => {
    const world = await given()

    expect((await asked(world)).status.state).toBe('TASK_STATE_SUBMITTED')
  })

  test('[CORE-SEND-002] a finished task takes no message', async () => {
    const world = await given()
    const { id } = await asked(world)
    await world.answer('done')

    const error = await refused(world, { do: 'send', params: message('more', { taskId: id }) })

    expect(error).toMatchObject({
      code: as(-32004, 400),
      info: { reason: 'UNSUPPORTED_OPERATION' },
    })
  })

  test('[CORE-SEND-003] a file, and an answer in another form than text, are refused by their own error', async () => {
    const world = await given()
    const file = { parts: [{ url: 'https://example.com/a.png', mediaType: 'image/png' }] }
    const picture = { configuration: { acceptedOutputModes: ['image/png'] } }

    for (const params of [message('', file), { ...message('draw'), ...picture }])
      expect(await refused(world, { do: 'send', params })).toMatchObject({
        code: as(-32005, 400),
        info: { reason: 'CONTENT_TYPE_NOT_SUPPORTED' },
      })
  })

  test('[CORE-GET-001] [CORE-GET-002] a task is told as it is now; an unknown one is not found', async () => {
    const world = await given()
    const { id } = await asked(world)
    await world.begin()

    const { result } = await world.call({ do: 'get', id })

    expect(result).toMatchObject({ id, status: { state: 'TASK_STATE_WORKING' } })
    expect(await refused(world, { do: 'get', id: crypto.randomUUID() })).toMatchObject({
      code: as(-32001, 404),
      info: { reason: 'TASK_NOT_FOUND' },
    })
  })

  test('[CORE-HIST-001] [CORE-HIST-002] [CORE-HIST-006] history is left out at 0, and is what was said otherwise', async () => {
    const world = await given()
    const { id } = await asked(world, 'the words')

    const none = await world.call({ do: 'get', id, historyLength: 0 })
    const one = await world.call({ do: 'get', id, historyLength: 1 })
    const sent = await world.call({
      do: 'send',
      params: { ...message('x'), configuration: { returnImmediately: true, historyLength: 0 } },
    })

    expect(none.result.history).toBeUndefined()
    expect(one.result.history).toMatchObject([
      { role: 'ROLE_USER', parts: [{ text: 'the words' }] },
    ])
    expect(taskOf(sent).history).toBeUndefined()
  })

  test('[CORE-LIST-001] [AUTH-SCOPE-001] [AUTH-SCOPE-002] [AUTH-SCOPE-003] a caller sees its own tasks, and no others exist for it', async () => {
    const world = await given()
    const caller = await givenCaller(world.server)
    const theirs = await asked(world, 'of the people')
    const { authorization } = caller
    const own = taskOf(
      await world.call(
        { do: 'send', params: { ...message('mine'), ...atOnce } },
        { authorization },
      ),
    )

    const { result } = await world.call({ do: 'list', query: {} }, { authorization })
    const stranger = await world.call({ do: 'get', id: theirs.id }, { authorization })
    const meddler = await world.call({ do: 'cancel', id: theirs.id }, { authorization })

    expect((result as { tasks: Task[] }).tasks.map(({ id }) => id)).toEqual([own.id])
    for (const { error } of [stranger, meddler])
      expect(error).toMatchObject({ info: { reason: 'TASK_NOT_FOUND' } })
  })

  test('[CORE-LIST-002] [CORE-LIST-003] [CORE-LIST-004] [CORE-LIST-005] pages go from the newest status on, to an empty token, artifacts on request', async () => {
    const world = await given()
    const ids: string[] = []
    for (const text of ['a', 'b', 'c']) ids.push((await asked(world, text)).id)
    await world.answer('A')
    const list = async (query: Record<string, string | number | boolean>) =>
      (await world.call({ do: 'list', query })).result as never as {
        tasks: Task[]
        nextPageToken?: string
        totalSize: number
        pageSize: number
      }

    const first = await list({ pageSize: 2 })
    const second = await list({ pageSize: 2, pageToken: first.nextPageToken ?? '' })
    const done = await list({ status: 'TASK_STATE_COMPLETED', includeArtifacts: true })

    expect(first).toMatchObject({ totalSize: 3, pageSize: 2 })
    expect([...first.tasks, ...second.tasks].map(({ id }) => id)).toEqual([ids[0], ids[2], ids[1]])
    expect(second.nextPageToken ?? '').toBe('')
    expect(first.tasks[0]?.artifacts ?? []).toEqual([])
    expect(done.tasks).toMatchObject([{ id: ids[0], artifacts: [{ parts: [{ text: 'A' }] }] }])
  })

  test('[CORE-LIST-002] [CORE-ERR-002] pages that cannot be are refused', async () => {
    const world = await given()
    for (const query of [
      { pageSize: 0 },
      { pageSize: 101 },
      { pageToken: 'nonsense' },
      { statusTimestampAfter: 'x' },
    ])
      expect(await refused(world, { do: 'list', query: query as never })).toMatchObject({
        code: as(-32602, 400),
      })
  })

  test('[CORE-CANCEL-001] [CORE-CANCEL-002] [CORE-CANCEL-003] cancel answers with the task; what has ended or is unknown is refused', async () => {
    const world = await given()
    const { id } = await asked(world)

    const { result } = await world.call({ do: 'cancel', id })

    expect(result).toMatchObject({ id, status: { state: 'TASK_STATE_CANCELED' } })
    expect(await refused(world, { do: 'cancel', id })).toMatchObject({
      code: as(-32002, 400),
      info: { reason: 'TASK_NOT_CANCELABLE' },
    })
    expect(await refused(world, { do: 'cancel', id: 'unknown' })).toMatchObject({
      info: { reason: 'TASK_NOT_FOUND' },
    })
  })

  test('[CORE-MULTI-001] [CORE-MULTI-002] [CORE-MULTI-003] a context is made or taken over, a task id is always ours', async () => {
    const world = await given()

    const fresh = await asked(world)
    const given_ = await asked(world, 'x', { contextId: 'my-thread' })

    expect(fresh.contextId).not.toBe('')
    expect(given_.contextId).toBe('my-thread')
    expect(fresh.id).not.toBe(given_.id)
  })

  test('[CORE-MULTI-004] [CORE-MULTI-006] an unknown task is not found, and one of another context is refused', async () => {
    const world = await given()
    const { id } = await asked(world)
    const unknown = message('x', { taskId: crypto.randomUUID() })
    const elsewhere = message('x', { taskId: id, contextId: 'another' })

    expect(await refused(world, { do: 'send', params: unknown })).toMatchObject({
      info: { reason: 'TASK_NOT_FOUND' },
    })
    expect(await refused(world, { do: 'send', params: elsewhere })).toMatchObject({
      code: as(-32602, 400),
    })
  })

  test('[CORE-ERR-001] [CORE-ERR-002] [DM-MSG-001] [DM-PART-001] nonsense is refused before any work, and named', async () => {
    const world = await given()
    const nonsense = [
      {},
      { message: { role: 'ROLE_USER', parts: [part('x')] } },
      message('', { parts: [] }),
      message('', { parts: [{}] }),
      message('   '),
    ]

    for (const params of nonsense) {
      const error = await refused(world, { do: 'send', params })
      expect(error).toMatchObject({
        code: as(-32602, 400),
        message: expect.stringContaining('params.message'),
      })
    }
    expect((await world.server.client.tasks.list()).tasks).toEqual([])
  })

  test('[DM-SERIAL-001] [DM-SERIAL-005] fields that are not known are ignored, and data goes on as JSON', async () => {
    const world = await given()
    const data = { parts: [{ text: 'see' }, { data: { n: 1 } }], colour: 'red' }

    const { id } = await asked(world, '', data)

    expect((await world.server.client.tasks.get(id)).text).toBe('see\n{"n":1}')
  })

  test('[CORE-STREAM-001] [CORE-STREAM-003] [STREAM-ORDER-001] a stream tells the task first, then what happens, and ends with it', async () => {
    const { events, begin, print, end } = await given()
    const told: object[] = []
    const reading = (async () => {
      for await (const event of events({ do: 'stream', params: message('work') })) told.push(event)
    })()
    const ref = await begin()
    await print(ref, 0, 'one')
    await print(ref, 1, 'two')
    await end(ref, 'three')
    await reading

    expect(Object.keys(told[0] ?? {})).toEqual(['task'])
    expect(told.at(-2)).toMatchObject({
      artifactUpdate: { artifact: { parts: [{ text: 'three' }] } },
    })
    expect(told.at(-1)).toMatchObject({
      statusUpdate: { status: { state: 'TASK_STATE_COMPLETED' } },
    })
    const said = JSON.stringify(told)
    expect(['one', 'two', 'three'].map((word) => said.indexOf(`"${word}"`))).toEqual(
      ['one', 'two', 'three'].map((word) => said.indexOf(`"${word}"`)).toSorted((a, b) => a - b),
    )
  })

  test('[STREAM-SUB-001] [STREAM-SUB-002] [STREAM-ORDER-002] [STREAM-ORDER-003] [STREAM-ORDER-004] all streams of a task tell the same; one that leaves changes nothing', async () => {
    const world = await given()
    const { id } = await asked(world)
    const ref = await world.begin()
    const leaving = new AbortController()
    const follow = async (told: object[], signal?: AbortSignal) => {
      for await (const event of world.events({ do: 'subscribe', id }, signal ? { signal } : {}))
        told.push(event)
    }
    const [first, second, gone]: object[][] = [[], [], []]
    const both = Promise.all([follow(first ?? []), follow(second ?? [])])
    const left = follow(gone ?? [], leaving.signal).catch(() => 'left')
    await expect.poll(() => [first, second, gone].map((told) => told?.length)).toEqual([1, 1, 1])
    leaving.abort()
    expect(await left).toBe('left')
    await world.print(ref, 0, 'still here')
    await world.end(ref, 'done')
    await both

    expect(first?.[0]).toHaveProperty('task')
    expect(first).toEqual(second)
    expect(first?.at(-1)).toMatchObject({
      statusUpdate: { status: { state: 'TASK_STATE_COMPLETED' } },
    })
  })

  test('[STREAM-SUB-003] [STREAM-SUB-004] a finished task takes no subscriber, and an unknown one is not found', async () => {
    const world = await given()
    const { id } = await asked(world)
    await world.answer('done')

    expect(await refused(world, { do: 'subscribe', id })).toMatchObject({
      code: as(-32004, 400),
      info: { reason: 'UNSUPPORTED_OPERATION' },
    })
    expect(await refused(world, { do: 'subscribe', id: 'unknown' })).toMatchObject({
      info: { reason: 'TASK_NOT_FOUND' },
    })
  })

  test('[AUTH-INTASK-001] [AUTH-INTASK-002] [DM-STATUS-001] a task that waits for a login says so, a blocking send returns, and a message lets it go on', async () => {
    const world = await given()
    const blocking = world.call({ do: 'send', params: message('work') })
    const ref = await world.begin()
    const reason = { code: 'login', detail: 'The key is not valid.', hint: 'Set another.' }
    await world.host.complete({ ...ref, outcome: 'failed', failure: 'auth', reason })

    const { id, status } = taskOf(await blocking)
    expect(status).toMatchObject({ state: 'TASK_STATE_AUTH_REQUIRED' })
    await world.call({
      do: 'send',
      params: { ...message('there is one now', { taskId: id }), ...atOnce },
    })

    expect(await world.begin()).toMatchObject({ task_id: id, attempt: 2 })
  })

  test('a question of the agent interrupts its task, and the message that answers it reaches the next attempt', async () => {
    const world = await given()
    const blocking = world.call({ do: 'send', params: message('work') })
    const ref = await world.begin()
    const worker = moleculeClient({ baseUrl: world.server.url, token: world.agent.agent })
    await worker.tasks.question(ref.task_id, 'Which branch?')
    await world.end(ref, 'on the way')

    const { id, status, artifacts } = taskOf(await blocking)
    const answer = world.call({
      do: 'send',
      params: message('main', { taskId: id }),
    })
    const [next] = (await world.host.lease({ capacity: 1, wait_s: 10, running: [] })).attempts
    if (!next) throw new Error('nothing was leased')
    const { task_id, attempt, fence, text } = next
    await world.host.start({ task_id, attempt, fence })
    await world.end({ task_id, attempt, fence }, 'done')

    expect(status).toMatchObject({
      state: 'TASK_STATE_INPUT_REQUIRED',
      message: { parts: [{ text: 'Which branch?' }] },
    })
    expect(artifacts ?? []).toEqual([])
    expect(text).toBe('work\n\nYou asked: Which branch?\nThe answer: main')
    expect(taskOf(await answer)).toMatchObject({ id, status: { state: 'TASK_STATE_COMPLETED' } })
  })

  test('[AUTH-SERVER-002] [BIND-EQUIV-004] nothing is answered without a credential', async () => {
    const world = await given()

    for (const operation of [
      { do: 'list', query: {} },
      { do: 'send', params: message('x') },
      { do: 'extendedCard' },
    ] as const)
      expect((await world.call(operation, { authorization: null })).status).toBe(401)
  })

  test('[VER-SERVER-001] [VER-SERVER-002] [VER-SERVER-003] the version asked for is spoken, another refused, patch numbers do not matter', async () => {
    const world = await given()
    const asking = (version: string | null) => world.call({ do: 'list', query: {} }, { version })

    expect((await asking('1.0.7')).error).toBeUndefined()
    expect((await asking('2.0')).error).toMatchObject({ code: as(-32009, 400) })
    expect((await asking('nonsense')).error).toMatchObject({ code: as(-32009, 400) })
    for (const unnamed of [null, '', '0.3'])
      expect((await asking(unnamed)).error).toMatchObject({ code: as(-32601, 400) })
  })

  test('[CARD-EXT-001] [CORE-CAP-003] the extended card is there for whoever is known', async () => {
    const world = await given()

    const { result } = await world.call({ do: 'extendedCard' })

    expect(result).toMatchObject({ name: 'agent', capabilities: { extendedAgentCard: true } })
  })

  test('[JSONRPC-FMT-002] [HTTP_JSON-SVC-001] [JSONRPC-SSE-001] [HTTP_JSON-SSE-001] answers have the content type of their binding', async () => {
    const world = await given()
    const { contentType } = await world.call({ do: 'list', query: {} })
    const { id } = await asked(world)
    const stream = new AbortController()
    const first = await world.events({ do: 'subscribe', id }, { signal: stream.signal }).next()
    stream.abort()

    expect(contentType).toContain(isRpc ? 'application/json' : 'application/a2a+json')
    expect(first.value).toHaveProperty('task')
  })

  test('[BIND-EQUIV-001] [BIND-EQUIV-002] what one binding did, the other tells alike', async () => {
    const world = await given()
    const { id } = await asked(world)
    await world.answer('same')
    const told = await Promise.all(
      Object.values(bindings).map((each) => each(world.server, world.base).call({ do: 'get', id })),
    )

    expect(told[0]?.result).toEqual(told[1]?.result)
  })
})

test('[JSONRPC-FMT-001] [JSONRPC-ERR-001] [JSONRPC-ERR-002] what is no JSON-RPC is refused with the code for it', async () => {
  const { server, base } = await givenAgent()
  const ask = async (body: string, version = '1.0') => {
    const answer = await server.request('POST', `${base}/a2a`, {
      headers: { authorization: `Bearer ${server.adminToken}`, 'a2a-version': version },
      body,
    })
    const { error } = await bodyOf<{ error: { code: number; message: string } }>(answer)
    return error.code
  }
  const request = (more: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, ...more })

  expect(await ask('{"jsonrpc":')).toBe(-32700)
  expect(await ask('[]')).toBe(-32600)
  expect(await ask(JSON.stringify({ id: 1, method: 'GetTask', params: {} }))).toBe(-32600)
  expect(await ask(request({ method: 'Nothing', params: {} }))).toBe(-32601)
  expect(await ask(request({ method: 'GetTask', params: [] }))).toBe(-32602)
  expect(await ask(request({ method: 'message/send', params: {} }))).toBe(-32601)
  expect(await ask(request({ method: 'nothing', params: {} }), '0.3')).toBe(-32601)
})

test('[HTTP_JSON-URL-002] [HTTP_JSON-STATUS-001] an operation that does not exist is refused in the form of the binding', async () => {
  const { server, base } = await givenAgent()
  const answer = await server.request('POST', `${base}/a2a/tasks/x:explode`, {
    headers: { authorization: `Bearer ${server.adminToken}`, 'a2a-version': '1.0' },
  })

  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    error: { status: expect.any(String), details: [{ reason: 'UNSUPPORTED_OPERATION' }] },
  })
})
