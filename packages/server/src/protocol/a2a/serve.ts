import {
  A2A_CONTENT_TYPE,
  AgentCard,
  formatSSEErrorEvent,
  formatSSEEvent,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  Message,
  SendMessageRequest,
  SSE_HEADERS,
  StreamResponse,
  Task,
  TaskPushNotificationConfig,
} from '@a2a-js/sdk'
import { LegacyJsonRpcTransportHandler } from '@a2a-js/sdk/compat/v0_3/server'
import { toJsonRpcError } from '@a2a-js/sdk/errors'
import {
  type A2ARequestHandler,
  JsonRpcTransportHandler,
  ServerCallContext,
} from '@a2a-js/sdk/server'
import type { Call } from './call.ts'
import { isTold, malformed, restFailure, unsupported } from './errors.ts'
import { requestHandler } from './request-handler.ts'
import type { Version } from './version.ts'

/*
 * The bindings of A2A over one request handler: codecs, envelopes and error forms are those of the official SDK. Loaded with the
 * first call, because most servers never get one.
 */

type Reply = { status: number; body: unknown; contentType?: string }
type Served = Reply | { stream: AsyncGenerator<string, void, undefined> }

export const sseHeaders: Record<string, string> = { ...SSE_HEADERS }

/** `AgentCard` in the form of a version. Whoever names none gets that of 0.3, with the interfaces of both. */
export async function cardFor(call: Call, version: Version, isNamed: boolean): Promise<unknown> {
  const handler = requestHandler(call)
  const card = AgentCard.toJSON(await handler.getAgentCard()) as Record<string, unknown>
  if (version === '1.0') return card
  const legacy = await legacyCard(handler)
  return isNamed ? legacy : { ...legacy, supportedInterfaces: card.supportedInterfaces }
}

/** The SDK translates a card only as the answer of this method. */
async function legacyCard(handler: A2ARequestHandler): Promise<object> {
  const asked = { jsonrpc: '2.0', id: 1, method: 'agent/getAuthenticatedExtendedCard' }
  const transport = new LegacyJsonRpcTransportHandler(handler)
  const answer = await transport.handle(asked, new ServerCallContext({ requestedVersion: '0.3' }))
  if ('result' in answer) return answer.result as object
  throw new Error(`the card has no form of 0.3: ${JSON.stringify(answer)}`)
}

/** One JSON-RPC call. Streams are answered event by event, each in an envelope of its own. */
export async function serveJsonRpc(
  call: Call,
  version: Version,
  body: Record<string, unknown>,
): Promise<Served> {
  const handler = requestHandler(call)
  const context = new ServerCallContext({ requestedVersion: version })
  const transport =
    version === '1.0'
      ? new JsonRpcTransportHandler(handler)
      : new LegacyJsonRpcTransportHandler(handler)
  const answer = await transport.handle(body, context)
  if (!(Symbol.asyncIterator in answer)) return { status: 200, body: answer }
  return firstOf(answer as AsyncGenerator<unknown, void, undefined>, {
    event: (event) => formatSSEEvent(event),
    failure: (error) => rpcFailure(body.id, error),
    refused: (error) => ({ status: 200, body: rpcFailure(body.id, error) }),
  })
}

const rpcFailure = (id: unknown, error: unknown) => ({
  jsonrpc: '2.0',
  id: id ?? null,
  error: toJsonRpcError(error),
})

type Operation = (
  call: Call,
  asked: { params: Record<string, string>; query: Record<string, string>; body: unknown },
) => Promise<Served>

const ok = (body: unknown): Reply => ({ status: 200, body, contentType: A2A_CONTENT_TYPE })
const context = () => new ServerCallContext({ requestedVersion: '1.0' })

/** The operations of the HTTP+JSON binding, by name. Source: A2A 1.0 §11.3. */
export const operations = {
  send: async (call, { body }) => {
    const told = await requestHandler(call).sendMessage(
      SendMessageRequest.fromJSON(asObject(body)),
      context(),
    )
    return ok('messageId' in told ? { message: Message.toJSON(told) } : { task: Task.toJSON(told) })
  },
  stream: async (call, { body }) =>
    restStream(
      requestHandler(call).sendMessageStream(
        SendMessageRequest.fromJSON(asObject(body)),
        context(),
      ),
    ),
  list: async (call, { query }) => {
    const asked = ListTasksRequest.fromJSON({
      ...query,
      includeArtifacts: query.includeArtifacts === 'true',
    })
    return ok(ListTasksResponse.toJSON(await requestHandler(call).listTasks(asked, context())))
  },
  get: async (call, { params, query }) => {
    const asked = {
      tenant: '',
      id: params.task ?? '',
      historyLength: lengthOf(query.historyLength),
    }
    return ok(Task.toJSON(await requestHandler(call).getTask(asked, context())))
  },
  cancel: async (call, { params }) => {
    const asked = { tenant: '', id: params.task ?? '', metadata: undefined }
    return ok(Task.toJSON(await requestHandler(call).cancelTask(asked, context())))
  },
  subscribe: async (call, { params }) =>
    restStream(requestHandler(call).resubscribe({ tenant: '', id: params.task ?? '' }, context())),
  createPush: async (call, { params, body }) => {
    const config = TaskPushNotificationConfig.fromJSON({ ...asObject(body), taskId: params.task })
    const made = await requestHandler(call).createTaskPushNotificationConfig(config, context())
    return { ...ok(TaskPushNotificationConfig.toJSON(made)), status: 201 }
  },
  getPush: async (call, { params }) => {
    const found = await requestHandler(call).getTaskPushNotificationConfig(named(params), context())
    return ok(TaskPushNotificationConfig.toJSON(found))
  },
  listPush: async (call, { params }) => {
    const asked = { tenant: '', taskId: params.task ?? '', pageSize: 0, pageToken: '' }
    const list = await requestHandler(call).listTaskPushNotificationConfigs(asked, context())
    return ok(ListTaskPushNotificationConfigsResponse.toJSON(list))
  },
  deletePush: async (call, { params }) => {
    await requestHandler(call).deleteTaskPushNotificationConfig(named(params), context())
    return { status: 204, body: null }
  },
  extendedCard: async (call) => {
    const card = await requestHandler(call).getAuthenticatedExtendedAgentCard(
      { tenant: '' },
      context(),
    )
    return ok(AgentCard.toJSON(card))
  },
} as const satisfies Record<string, Operation>
export type OperationName = keyof typeof operations

const named = (params: Record<string, string>) => ({
  tenant: '',
  taskId: params.task ?? '',
  id: params.config ?? '',
})

/** A call of the HTTP+JSON binding; what is refused is answered in its error form. */
export async function serveRest(
  call: Call,
  name: OperationName,
  asked: Parameters<Operation>[1],
): Promise<Served> {
  try {
    return await operations[name](call, asked)
  } catch (error) {
    if (!isTold(error)) throw error
    return restRefusal(error)
  }
}

export function restRefusal(error: unknown): Reply {
  return { ...restFailure(error), contentType: A2A_CONTENT_TYPE }
}

const restStream = (stream: AsyncGenerator<StreamResponse, void, undefined>) =>
  firstOf(stream, {
    event: (event) => formatSSEEvent(StreamResponse.toJSON(event)),
    failure: (error) => restFailure(error).body,
    refused: restRefusal,
  })

type Forms<T> = {
  event: (event: T) => string
  failure: (error: unknown) => unknown
  refused: (error: unknown) => Reply
}

/** A stream that is refused before its first event is answered like any call. */
async function firstOf<T>(
  events: AsyncGenerator<T, void, undefined>,
  { event, failure, refused }: Forms<T>,
): Promise<Served> {
  const first = await events.next().catch((error: unknown) => ({ error }))
  if ('error' in first) {
    if (!isTold(first.error)) throw first.error
    return refused(first.error)
  }
  const stream = async function* () {
    try {
      if (!first.done) yield event(first.value)
      for await (const each of events) yield event(each)
    } catch (error) {
      yield formatSSEErrorEvent(failure(error))
    }
  }
  return { stream: stream() }
}

function asObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>
  throw malformed('The body is not a JSON object.')
}

function lengthOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw malformed('historyLength is a whole number from 0 on.')
}

export const noSuchOperation = (path: string) => unsupported(`There is no operation ${path}.`)

/** What a receiver is told of a task: a StreamResponse that holds it, in 0.3 the task by itself. */
export async function pushBody(call: Call, taskId: string): Promise<string> {
  const handler = requestHandler(call)
  if (call.version === '1.0') {
    const asked = { tenant: '', id: taskId }
    return JSON.stringify({ task: Task.toJSON(await handler.getTask(asked, context())) })
  }
  const asked = { jsonrpc: '2.0', id: 1, method: 'tasks/get', params: { id: taskId } }
  const transport = new LegacyJsonRpcTransportHandler(handler)
  const answer = await transport.handle(asked, new ServerCallContext({ requestedVersion: '0.3' }))
  if ('result' in answer) return JSON.stringify(answer.result)
  throw new Error(`task ${taskId} has no form of 0.3`)
}
