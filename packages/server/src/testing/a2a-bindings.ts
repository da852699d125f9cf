import type { TestServer } from './test-server.ts'

type Body = Record<string, unknown>
export type Told = {
  status: number
  contentType: string
  headers: Headers
  /** The result, without the envelope of the binding. */
  result: Body
  /** Code and ErrorInfo of a refusal: the JSON-RPC code, or the HTTP status. */
  error: { code: number; message: string; info: Body | undefined } | undefined
}

export type Operation =
  | { do: 'send' | 'stream'; params: Body }
  | { do: 'get'; id: string; historyLength?: number }
  | { do: 'cancel' | 'subscribe'; id: string }
  | { do: 'list'; query: Record<string, string | number | boolean> }
  | { do: 'createPush'; taskId: string; config: Body }
  | { do: 'getPush' | 'deletePush'; taskId: string; id: string }
  | { do: 'listPush'; taskId: string }
  | { do: 'extendedCard' }

type Options = { authorization?: string | null; version?: string | null; signal?: AbortSignal }

/** One operation of A2A 1.0 as a stranger writes it on the wire, in either binding. */
export const bindings = {
  'JSON-RPC': rpcCall,
  'HTTP+JSON': restCall,
} satisfies Record<string, (server: TestServer, base: string) => Caller>

export type Caller = {
  call(operation: Operation, options?: Options): Promise<Told>
  /** The events of a stream, to its end. */
  events(operation: Operation, options?: Options): AsyncGenerator<Body, void, undefined>
}

const headersOf = (server: TestServer, { authorization, version }: Options) => ({
  'content-type': 'application/json',
  ...(authorization === null
    ? {}
    : { authorization: authorization ?? `Bearer ${server.adminToken}` }),
  ...(version === null ? {} : { 'a2a-version': version ?? '1.0' }),
})

const methods = {
  send: 'SendMessage',
  stream: 'SendStreamingMessage',
  get: 'GetTask',
  cancel: 'CancelTask',
  subscribe: 'SubscribeToTask',
  list: 'ListTasks',
  createPush: 'CreateTaskPushNotificationConfig',
  getPush: 'GetTaskPushNotificationConfig',
  listPush: 'ListTaskPushNotificationConfigs',
  deletePush: 'DeleteTaskPushNotificationConfig',
  extendedCard: 'GetExtendedAgentCard',
} as const

function rpcCall(server: TestServer, base: string): Caller {
  const ask = (operation: Operation, options: Options = {}) =>
    server.request('POST', `${base}/a2a`, {
      headers: headersOf(server, options),
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        method: methods[operation.do],
        params: paramsOf(operation),
      }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  return {
    async call(operation, options) {
      const answer = await ask(operation, options)
      const body = (await answer.json().catch(() => ({}))) as Body
      const error = body.error as { code: number; message: string; data?: Body[] } | undefined
      return {
        ...head(answer),
        result: (body.result ?? {}) as Body,
        error: error && { code: error.code, message: error.message, info: error.data?.[0] },
      }
    },
    async *events(operation, options) {
      for await (const event of sse(await ask(operation, options)))
        yield (event.result ?? event) as Body
    },
  }
}

function paramsOf(operation: Operation): Body {
  switch (operation.do) {
    case 'send':
    case 'stream':
      return operation.params
    case 'list':
      return operation.query
    case 'createPush':
      return { ...operation.config, taskId: operation.taskId }
    case 'extendedCard':
      return {}
    default: {
      const { do: _, ...params } = operation
      return params
    }
  }
}

function restCall(server: TestServer, base: string): Caller {
  const ask = (operation: Operation, options: Options = {}) => {
    const { method, path, body } = restOf(operation)
    return server.request(method, `${base}/a2a${path}`, {
      headers: headersOf(server, options),
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  }
  return {
    async call(operation, options) {
      const answer = await ask(operation, options)
      const body = (await answer.json().catch(() => ({}))) as Body
      const error = body.error as { code: number; message: string; details?: Body[] } | undefined
      return {
        ...head(answer),
        result: error ? {} : body,
        error: error && { code: error.code, message: error.message, info: error.details?.[0] },
      }
    },
    async *events(operation, options) {
      yield* sse(await ask(operation, options))
    },
  }
}

function restOf(operation: Operation): { method: string; path: string; body?: Body } {
  switch (operation.do) {
    case 'send':
    case 'stream':
      return { method: 'POST', path: `/message:${operation.do}`, body: operation.params }
    case 'get': {
      const { historyLength } = operation
      const query = historyLength === undefined ? '' : `?historyLength=${historyLength}`
      return { method: 'GET', path: `/tasks/${operation.id}${query}` }
    }
    case 'cancel':
      return { method: 'POST', path: `/tasks/${operation.id}:cancel` }
    case 'subscribe':
      return { method: 'GET', path: `/tasks/${operation.id}:subscribe` }
    case 'list': {
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(operation.query)) query.set(name, String(value))
      return { method: 'GET', path: `/tasks?${query}` }
    }
    case 'createPush':
      return { method: 'POST', path: pushPath(operation.taskId), body: operation.config }
    case 'listPush':
      return { method: 'GET', path: pushPath(operation.taskId) }
    case 'getPush':
      return { method: 'GET', path: pushPath(operation.taskId, operation.id) }
    case 'deletePush':
      return { method: 'DELETE', path: pushPath(operation.taskId, operation.id) }
    case 'extendedCard':
      return { method: 'GET', path: '/extendedAgentCard' }
  }
}

const pushPath = (task: string, id?: string) =>
  `/tasks/${task}/pushNotificationConfigs${id ? `/${id}` : ''}`

const head = (answer: Response) => ({
  status: answer.status,
  contentType: answer.headers.get('content-type') ?? '',
  headers: answer.headers,
})

/** The `data` of server-sent events, parsed. */
async function* sse(answer: Response): AsyncGenerator<Body, void, undefined> {
  const type = answer.headers.get('content-type')
  if (!type?.startsWith('text/event-stream'))
    throw new Error(`no stream but ${answer.status} ${type}: ${await answer.text()}`)
  let rest = ''
  for await (const chunk of answer.body ?? []) {
    rest += Buffer.from(chunk).toString()
    const events = rest.split('\n\n')
    rest = events.pop() ?? ''
    for (const event of events) yield JSON.parse(event.replace(/^(event: .*\n)?data: /, ''))
  }
}
