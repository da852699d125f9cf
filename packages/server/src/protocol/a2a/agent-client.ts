import {
  A2A_PROTOCOL_VERSION,
  type Artifact,
  type Message,
  Role,
  type SendMessageRequest,
  type Task,
  TaskState,
} from '@a2a-js/sdk'
import { JsonRpcTransportFactory } from '@a2a-js/sdk/client'
import { A2A_LEGACY_PROTOCOL_VERSION } from '@a2a-js/sdk/compat/v0_3'
import type { AgentClient, Told, Words } from '../../domain/task/called-agent.ts'
import type { OutboundGuard } from '../../lib/outbound/outbound-guard.ts'
import { OutboundRefused, type RefusedFor } from '../../lib/outbound/refused.ts'
import { preview } from '../../lib/preview.ts'
import { redact } from '../../lib/redact.ts'
import { inEnvelope } from './bare-answer.ts'

type Options = {
  outbound: OutboundGuard
  url: string
  /** The card that the agent registered with: it says which version it speaks. */
  card: Record<string, unknown> | null
  /** Sent as a bearer token, where the workspace has one. */
  token: string | undefined
}

/** An agent may work in the call itself: what ends that is the task's own deadline, or a cancel. */
const SEND_PATIENCE_MS = 24 * 3600_000
const ASK_PATIENCE_MS = 30_000
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

/** An A2A agent at an address, over JSON-RPC, through the outbound guard. Never throws for what the agent does. */
export function agentClient(options: Options): AgentClient {
  return {
    send: (words, signal) =>
      asked(options, { signal, timeoutMs: SEND_PATIENCE_MS }, async (transport) => {
        const answer = await transport.sendMessage(requestOf(words), { signal })
        return 'parts' in answer ? saidAtOnce(answer) : toldBy(answer)
      }),
    get: (id, signal) =>
      asked(options, { signal, timeoutMs: ASK_PATIENCE_MS }, async (transport) =>
        toldBy(await transport.getTask({ tenant: '', id, historyLength: 0 }, { signal })),
      ),
    cancel: async (id, signal) => {
      await asked(options, { signal, timeoutMs: ASK_PATIENCE_MS }, async (transport) =>
        toldBy(await transport.cancelTask({ tenant: '', id, metadata: undefined }, { signal })),
      )
    },
  }
}

type Transport = Awaited<ReturnType<JsonRpcTransportFactory['create']>>
type Seen = { status?: number; retryAfter?: string | undefined; refused?: OutboundRefused }

async function asked(
  { outbound, url, card, token }: Options,
  call: { signal: AbortSignal; timeoutMs: number },
  ask: (transport: Transport) => Promise<Told>,
): Promise<Told> {
  const seen: Seen = {}
  const fetchImpl = async (to: string | URL | Request, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('a2a-version', versionOf(card))
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`)
    const body = String(init.body ?? '')
    headers.set('content-length', String(Buffer.byteLength(body)))
    try {
      const answer = await outbound.fetch(String(to), {
        ...call,
        method: init.method ?? 'GET',
        headers: Object.fromEntries(headers),
        body,
        maxBytes: MAX_ANSWER_BYTES,
      })
      seen.status = answer.status
      seen.retryAfter = textOf(answer.headers['retry-after'])
      return new Response(inEnvelope(new Uint8Array(answer.body), body), {
        status: answer.status,
        headers: { 'content-type': textOf(answer.headers['content-type']) ?? 'application/json' },
      })
    } catch (error) {
      if (error instanceof OutboundRefused) seen.refused = error
      throw error
    }
  }
  try {
    const factory = new JsonRpcTransportFactory({ fetchImpl, legacyCompat: { enabled: true } })
    return await ask(await factory.create(url, cardFor(url, versionOf(card))))
  } catch (error) {
    call.signal.throwIfAborted()
    return explained(error, seen)
  }
}

const textOf = (header: string | string[] | undefined) =>
  Array.isArray(header) ? header.join(', ') : header

/** A card of 1.0 lists interfaces; one of 0.3 has a version of its own, and agents of no known version spoke 0.3. */
function versionOf(card: Options['card']): string {
  return Array.isArray(card?.supportedInterfaces)
    ? A2A_PROTOCOL_VERSION
    : A2A_LEGACY_PROTOCOL_VERSION
}

const cardFor = (url: string, protocolVersion: string) => ({
  name: '',
  description: '',
  version: '',
  supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion, tenant: '' }],
  provider: undefined,
  capabilities: undefined,
  securitySchemes: {},
  securityRequirements: [],
  defaultInputModes: [],
  defaultOutputModes: [],
  skills: [],
  signatures: [],
})

const requestOf = ({ messageId, contextId, taskId, text }: Words): SendMessageRequest => ({
  tenant: '',
  message: {
    messageId,
    contextId,
    taskId: taskId ?? '',
    role: Role.ROLE_USER,
    parts: [
      {
        content: { $case: 'text', value: text },
        metadata: undefined,
        filename: '',
        mediaType: 'text/plain',
      },
    ],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  },
  configuration: {
    acceptedOutputModes: ['text/plain', 'application/json'],
    taskPushNotificationConfig: undefined,
    returnImmediately: true,
  },
  metadata: undefined,
})

const saidAtOnce = (message: Message): Told => ({ is: 'completed', text: wordsOf(message.parts) })

function toldBy(task: Task): Told {
  const said = task.status?.message ? wordsOf(task.status.message.parts) : ''
  switch (task.status?.state) {
    case TaskState.TASK_STATE_COMPLETED:
      return { is: 'completed', text: answerOf(task.artifacts) || said }
    case TaskState.TASK_STATE_CANCELED:
      return { is: 'canceled' }
    case TaskState.TASK_STATE_FAILED:
      return failed('agent_failed', said || 'The agent failed without giving a reason.')
    case TaskState.TASK_STATE_REJECTED:
      return failed('agent_rejected', said || 'The agent does not take this work.')
    case TaskState.TASK_STATE_INPUT_REQUIRED:
      return { is: 'asking', remoteTaskId: task.id, question: said || 'What next?' }
    case TaskState.TASK_STATE_AUTH_REQUIRED:
      return {
        ...failed('agent_auth', said || 'The agent wants to be authorized.'),
        failure: 'auth',
      }
    default:
      return { is: 'working', remoteTaskId: task.id, mark: markOf(task) }
  }
}

/** Changes whenever the agent has something new to say. */
const markOf = ({ status, artifacts }: Task) =>
  JSON.stringify([status?.state, status?.timestamp, artifacts.map(({ parts }) => parts.length)])

const answerOf = (artifacts: Artifact[]) =>
  artifacts
    .map(({ parts }) => wordsOf(parts))
    .filter((text) => text !== '')
    .join('\n\n')

const wordsOf = (parts: Message['parts']) =>
  parts
    .map(({ content }) => {
      if (content?.$case === 'text') return content.value
      return content?.$case === 'data' ? JSON.stringify(content.value) : ''
    })
    .filter((text) => text !== '')
    .join('\n')

const failed = (code: string, detail: string) => ({
  is: 'failed' as const,
  reason: {
    code,
    detail: redact(preview(detail, 2000)),
    hint: 'The agent runs elsewhere: its own log says more.',
  },
})

/** Refused by our own guard or by the network before a connection stood. */
const beforeSending: readonly RefusedFor[] = ['unresolved', 'unreachable']
const never: readonly RefusedFor[] = ['not_a_url', 'scheme', 'credentials', 'address']
const noConnection = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

function explained(error: unknown, { status, retryAfter, refused }: Seen): Told {
  const why = redact(error instanceof Error ? error.message : String(error))
  if (refused) return refusedFor(refused)
  if (status === undefined) return { is: 'unknown', why }
  const answered = `The agent answered ${status}: ${why}`
  if (status === 401 || status === 403)
    return {
      is: 'failed',
      failure: 'auth',
      reason: {
        code: 'agent_auth',
        detail: answered,
        hint: 'Set the secret A2A_TOKEN of the workspace to a token the agent takes, then answer the task.',
      },
    }
  if (status === 429)
    return { ...failed('agent_limit', answered), failure: 'quota', ...at(retryAfter) }
  if (status === 503) return { ...failed('agent_busy', answered), failure: 'transient' }
  if (status === 502 || status === 504) return { is: 'unknown', why: answered }
  return failed('agent_error', status === 200 ? why : answered)
}

function refusedFor(refused: OutboundRefused): Told {
  const { reason, message: why, hint } = refused
  if (never.includes(reason))
    return { is: 'failed', reason: { code: 'url_refused', detail: why, hint } }
  const code = codeOf(refused.cause)
  const isUnsent = beforeSending.includes(reason) && (code === undefined || noConnection.has(code))
  return isUnsent || reason === 'unresolved' ? { is: 'unsent', why } : { is: 'unknown', why }
}

const codeOf = (cause: unknown) =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined

/** Seconds or a date, as HTTP has it. */
function at(retryAfter: string | undefined): { retryAt?: string } {
  if (retryAfter === undefined) return {}
  const seconds = Number(retryAfter)
  const ms = Number.isFinite(seconds) ? Date.now() + seconds * 1000 : Date.parse(retryAfter)
  return Number.isNaN(ms) ? {} : { retryAt: new Date(ms).toISOString() }
}
