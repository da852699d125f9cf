import { Readable } from 'node:stream'
import { type Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../../domain/error.ts'
import { visibleWorkspace } from '../../domain/workspace/visible.ts'
import { guard } from '../../http/authenticate.ts'
import { readJson } from '../../http/body.ts'
import type { AppEnv, Services } from '../../http/context.ts'
import type { Call } from './call.ts'
import { asLegacyMessage, isPlainMessage } from './dialects.ts'
import {
  INVALID_PARAMS,
  INVALID_REQUEST,
  PARSE_ERROR,
  type RpcId,
  rpcError,
  rpcRefusal,
  VERSION_NOT_SUPPORTED,
} from './json-rpc.ts'
import type { OperationName } from './serve.ts'
import { withQueue } from './told-with-queue.ts'
import { type Version, versionOf } from './version.ts'

const DEFAULT_TIMEOUT_S = 60
const MAX_TIMEOUT_S = 600
const CARD_MAX_AGE_S = 60
const NO_CONTENT = 204

/** The SDK is loaded with the first call: most servers never get one. */
const bindings = () => import('./serve.ts')

/** Every workspace as an A2A agent: its card, JSON-RPC in versions 1.0 and 0.3, and HTTP+JSON in 1.0. */
export const a2aRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .route('/', cardRoute(services))
    .route('/', jsonRpcRoute(services))
    .route('/', restRoutes(services))

type Ctx = Context<AppEnv>
const plain = (c: unknown) => c as Ctx

function callOf(services: Services, c: Ctx, workspace: WorkspaceRow): Call & { end(): void } {
  const ending = new AbortController()
  return {
    services,
    workspace,
    principal: c.var.principal,
    signal: AbortSignal.any([c.req.raw.signal, ending.signal]),
    timeoutS: timeoutOf(c),
    version: askedVersion(c) ?? '1.0',
    end: () => ending.abort('the stream was closed'),
  }
}

function timeoutOf(c: Ctx): number {
  const asked = Number(c.req.header('x-timeout') ?? DEFAULT_TIMEOUT_S)
  return Number.isFinite(asked) && asked >= 0 ? Math.min(asked, MAX_TIMEOUT_S) : DEFAULT_TIMEOUT_S
}

const workspaceOf = (services: Services, c: Ctx) =>
  visibleWorkspace(services.db, c.var.principal, c.req.param('id') ?? '')

const askedVersion = (c: Ctx) => versionOf(c.req.header('a2a-version'))

const cardRoute = (services: Services) =>
  new Hono<AppEnv>().get(
    '/:id/.well-known/agent-card.json',
    guard(services, 'GET /workspaces/:id/.well-known/agent-card.json'),
    async (c) => {
      const ctx = plain(c)
      const row = await workspaceOf(services, ctx)
      const { cardFor } = await bindings()
      const isNamed = ctx.req.header('a2a-version') !== undefined
      const card = await cardFor(callOf(services, ctx, row), askedVersion(ctx) ?? '1.0', isNamed)
      const etag = `"${row.id}.${row.rev}"`
      c.header('etag', etag)
      c.header('vary', 'A2A-Version, Authorization')
      c.header('cache-control', `private, max-age=${CARD_MAX_AGE_S}`)
      c.header('last-modified', new Date(row.updatedAt).toUTCString())
      return c.req.header('if-none-match') === etag ? c.body(null, 304) : c.json(card as object)
    },
  )

const jsonRpcRoute = (services: Services) =>
  new Hono<AppEnv>().post('/:id/a2a', guard(services, 'POST /workspaces/:id/a2a'), async (c) => {
    const ctx = plain(c)
    const body = await readJson(c).catch(parseError)
    if (body instanceof DomainError)
      return c.json(rpcError(null, { code: PARSE_ERROR, message: body.message }))
    const version = askedVersion(ctx)
    if (version === '0.3' && isPlainMessage(body)) return plainly(services, ctx, body)
    const request = isObject(body) ? body : {}
    const id = (request.id ?? null) as RpcId
    const refusal = refusalOf(request, version, c.req.header('a2a-version'))
    if (refusal || !version) return c.json(rpcError(id, refusal ?? invalidRequest))
    return answerRpc(services, ctx, { version, request }).catch((error: unknown) => {
      if (error instanceof DomainError) return c.json(rpcRefusal(id, error))
      throw error
    })
  })

/** Whoever sends these gives up after 30 seconds. */
const PLAIN_TIMEOUT_S = 25

async function plainly(services: Services, c: Ctx, body: unknown) {
  const call = callOf(services, c, await workspaceOf(services, c))
  const { answerPlain } = await import('./plain-message.ts')
  const timeoutS = c.req.header('x-timeout') === undefined ? PLAIN_TIMEOUT_S : call.timeoutS
  const told = await answerPlain({ ...call, timeoutS }, body)
  return c.json(told.body, told.status)
}

/** Why a request cannot be read at all, if so. */
function refusalOf(
  request: Record<string, unknown>,
  version: Version | undefined,
  asked: string | undefined,
) {
  if (!isRequest(request, version)) return invalidRequest
  return version ? undefined : versionRefused(asked)
}

/** Not JSON is an answer of the protocol; too much of it is one of HTTP. */
function parseError(error: unknown): DomainError {
  if (error instanceof DomainError && error.code === 'invalid') return error
  throw error
}

/** A request object of JSON-RPC 2.0 §4. Senders of 0.3 may leave `jsonrpc` out. */
const isRequest = ({ jsonrpc, method }: Record<string, unknown>, version: Version | undefined) =>
  typeof method === 'string' && (jsonrpc === '2.0' || (version === '0.3' && jsonrpc === undefined))

const invalidRequest = {
  code: INVALID_REQUEST,
  message: 'this is no JSON-RPC request: an object with jsonrpc "2.0" and a method is expected',
}

const versionRefused = (asked: string | undefined) => ({
  code: VERSION_NOT_SUPPORTED,
  message: `A2A version ${asked} is not spoken here. Send A2A-Version: 1.0 or 0.3.`,
})

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Request = { version: Version; request: Record<string, unknown> }

async function answerRpc(services: Services, c: Ctx, { version, request }: Request) {
  const legacy = version === '0.3' ? legacyOf(request) : { request }
  if ('problem' in legacy) return c.json(invalidParams(request.id, legacy.problem))
  const workspace = await workspaceOf(services, c)
  const call = callOf(services, c, workspace)
  const { serveJsonRpc, sseHeaders } = await bindings()
  const served = await serveJsonRpc(call, version, legacy.request)
  if ('stream' in served) return streamed(c, served.stream, { headers: sseHeaders, call })
  const { body } = served
  const isSend = version === '0.3' && request.method === 'message/send'
  return isSend ? withQueue(services, c, { body, workspace }) : c.json(body as object)
}

const takesMessage = new Set<unknown>(['message/send', 'message/stream'])

/** The request in the form of 0.3. A request without `jsonrpc` is read as one of it: older senders leave it out. */
function legacyOf(request: Record<string, unknown>) {
  const named = { jsonrpc: '2.0', ...request }
  if (!takesMessage.has(request.method)) return { request: named }
  const message = asLegacyMessage(request.params)
  return 'problem' in message ? message : { request: { ...named, params: message.params } }
}

const invalidParams = (id: unknown, message: string) =>
  rpcError((id ?? null) as RpcId, {
    code: INVALID_PARAMS,
    message,
    data: { hint: 'Send params.message with parts of the form {"kind": "text", "text": "…"}.' },
  })

const restRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .post(
      '/:id/a2a/message:send',
      guard(services, 'POST /workspaces/:id/a2a/message:send'),
      async (c) => rest(services, plain(c), { name: 'send', body: await readJson(c) }),
    )
    .post(
      '/:id/a2a/message:stream',
      guard(services, 'POST /workspaces/:id/a2a/message:stream'),
      async (c) => rest(services, plain(c), { name: 'stream', body: await readJson(c) }),
    )
    .get('/:id/a2a/tasks', guard(services, 'GET /workspaces/:id/a2a/tasks'), (c) =>
      rest(services, plain(c), { name: 'list' }),
    )
    .get('/:id/a2a/tasks/:ref', guard(services, 'GET /workspaces/:id/a2a/tasks/:ref'), (c) => {
      const { task, verb } = refOf(c.req.param('ref'))
      return rest(services, plain(c), { name: verb === 'subscribe' ? 'subscribe' : 'get', task })
    })
    .post('/:id/a2a/tasks/:ref', guard(services, 'POST /workspaces/:id/a2a/tasks/:ref'), (c) => {
      const { task, verb } = refOf(c.req.param('ref'))
      return rest(services, plain(c), { name: verb, task })
    })
    .route('/', pushRoutes(services))
    .get(
      '/:id/a2a/extendedAgentCard',
      guard(services, 'GET /workspaces/:id/a2a/extendedAgentCard'),
      (c) => rest(services, plain(c), { name: 'extendedCard' }),
    )

const pushRoutes = (services: Services) => {
  const of = (c: Ctx) => ({ task: c.req.param('ref') ?? '', config: c.req.param('config') ?? '' })
  return new Hono<AppEnv>()
    .post(
      '/:id/a2a/tasks/:ref/pushNotificationConfigs',
      guard(services, 'POST /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs'),
      async (c) =>
        rest(services, plain(c), { name: 'createPush', ...of(plain(c)), body: await readJson(c) }),
    )
    .get(
      '/:id/a2a/tasks/:ref/pushNotificationConfigs',
      guard(services, 'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs'),
      (c) => rest(services, plain(c), { name: 'listPush', ...of(plain(c)) }),
    )
    .get(
      '/:id/a2a/tasks/:ref/pushNotificationConfigs/:config',
      guard(services, 'GET /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config'),
      (c) => rest(services, plain(c), { name: 'getPush', ...of(plain(c)) }),
    )
    .delete(
      '/:id/a2a/tasks/:ref/pushNotificationConfigs/:config',
      guard(services, 'DELETE /workspaces/:id/a2a/tasks/:ref/pushNotificationConfigs/:config'),
      (c) => rest(services, plain(c), { name: 'deletePush', ...of(plain(c)) }),
    )
}

/** `<id>:<verb>`, the custom methods of AIP-136. */
function refOf(ref: string): { task: string; verb: OperationName | undefined } {
  const [task = '', verb] = ref.split(':')
  return { task, verb: verb === 'cancel' || verb === 'subscribe' ? verb : undefined }
}

type Asked = { name: OperationName | undefined; task?: string; config?: string; body?: unknown }

async function rest(services: Services, c: Ctx, { name, task, config, body }: Asked) {
  const { noSuchOperation, restRefusal, serveRest, sseHeaders } = await bindings()
  const { toA2aError, versionNotSupported } = await import('./errors.ts')
  const refuse = (error: unknown) => told(c, restRefusal(error))
  const version = c.req.header('a2a-version')
  if (versionOf(version) !== '1.0') return refuse(versionNotSupported(version || '0.3'))
  if (name === undefined) return refuse(noSuchOperation(c.req.path))
  try {
    const call = callOf(services, c, await workspaceOf(services, c))
    const params = { ...(task ? { task } : {}), ...(config ? { config } : {}) }
    const served = await serveRest(call, name, { params, query: c.req.query(), body })
    if ('stream' in served) return streamed(c, served.stream, { headers: sseHeaders, call })
    return told(c, served)
  } catch (error) {
    if (error instanceof DomainError) return refuse(toA2aError(error))
    throw error
  }
}

type Reply = { status: number; body: unknown; contentType?: string }

const told = (c: Ctx, { status, body, contentType = 'application/json' }: Reply) =>
  status === NO_CONTENT
    ? c.body(null, NO_CONTENT)
    : c.body(JSON.stringify(body), status as ContentfulStatusCode, { 'content-type': contentType })

type Streaming = { headers: Record<string, string>; call: { end(): void } }

function streamed(
  c: Ctx,
  stream: AsyncGenerator<string, void, undefined>,
  { headers, call }: Streaming,
) {
  const readable = Readable.from(stream)
  readable.once('close', call.end)
  return c.body(Readable.toWeb(readable) as ReadableStream, 200, headers)
}
