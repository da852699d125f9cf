import { type Artifact, type Message, Role, type Task, TaskState } from '@a2a-js/sdk'
import {
  ClientFactory,
  ClientFactoryOptions,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from '@a2a-js/sdk/client'
import type { FailureClass } from '@molecule/contract/task'
import { nodeFetch } from '@molecule/sdk/node-fetch'

export type Told = { readonly contextId?: string } & (
  | { readonly is: 'working'; readonly taskId: string; readonly text: string }
  | { readonly is: 'completed' | 'asking'; readonly text: string }
  | { readonly is: 'failed'; readonly text: string; readonly failure: FailureClass }
)

type Words = { messageId: string; contextId: string | undefined; text: string }

const cancelLimitMs = 1000

export type RemoteAgent = Awaited<ReturnType<typeof remoteAgent>>

/** The agent at an address, over the transport that its card prefers, in A2A 1.0 or 0.3. Throws for what is no A2A. */
export async function remoteAgent(url: string) {
  const fetchImpl = patientFetch()
  const legacyCompat = { enabled: true }
  const factory = new ClientFactory({
    ...ClientFactoryOptions.default,
    transports: [
      new JsonRpcTransportFactory({ fetchImpl, legacyCompat }),
      new RestTransportFactory({ fetchImpl, legacyCompat }),
    ],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl, legacyCompat }),
  })
  const client = await factory.createFromUrl(url)
  return {
    async send(words: Words, signal: AbortSignal): Promise<Told> {
      const answer = await client.sendMessage(requestOf(words), { signal })
      return 'parts' in answer ? saidAtOnce(answer) : toldBy(answer)
    },
    async get(id: string, signal: AbortSignal): Promise<Told> {
      return toldBy(await client.getTask({ tenant: '', id, historyLength: 0 }, { signal }))
    },
    /** Whether the agent says that it has ended. */
    async cancel(id: string): Promise<boolean> {
      const signal = AbortSignal.timeout(cancelLimitMs)
      try {
        const task = await client.cancelTask({ tenant: '', id, metadata: undefined }, { signal })
        return task.status?.state === TaskState.TASK_STATE_CANCELED
      } catch {
        return false
      }
    },
  }
}

/** An agent may work in the call itself for as long as it takes: the global `fetch` gives up after five minutes. */
function patientFetch(): typeof fetch {
  const call = nodeFetch()
  return async (to, init = {}) => {
    const headers = Object.fromEntries(new Headers(init.headers))
    const { signal } = init
    const answer = await call(String(to), {
      method: init.method ?? 'GET',
      headers,
      ...(init.body === undefined || init.body === null ? {} : { body: String(init.body) }),
      ...(signal ? { signal } : {}),
    })
    return new Response(await answer.text(), {
      status: answer.status,
      headers: { 'content-type': 'application/json' },
    })
  }
}

const requestOf = ({ messageId, contextId, text }: Words) => ({
  tenant: '',
  message: {
    messageId,
    contextId: contextId ?? '',
    taskId: '',
    role: Role.ROLE_USER,
    parts: [
      {
        content: { $case: 'text' as const, value: text },
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

const saidAtOnce = ({ parts, contextId }: Message): Told => ({
  ...inContext(contextId),
  is: 'completed',
  text: wordsOf(parts),
})

const inContext = (contextId: string) => (contextId === '' ? {} : { contextId })

function toldBy({ id, contextId, status, artifacts }: Task): Told {
  const context = inContext(contextId)
  const said = wordsOf(status?.message?.parts ?? [])
  const answer = answerOf(artifacts)
  switch (status?.state) {
    case TaskState.TASK_STATE_COMPLETED:
      return { ...context, is: 'completed', text: answer || said }
    case TaskState.TASK_STATE_INPUT_REQUIRED:
      return { ...context, is: 'asking', text: said || answer || 'What next?' }
    case TaskState.TASK_STATE_AUTH_REQUIRED:
      return { ...context, is: 'failed', text: said, failure: 'auth' }
    case TaskState.TASK_STATE_FAILED:
    case TaskState.TASK_STATE_REJECTED:
    case TaskState.TASK_STATE_CANCELED:
      return { ...context, is: 'failed', text: said || answer, failure: 'permanent' }
    default:
      return { ...context, is: 'working', taskId: id, text: answer }
  }
}

const answerOf = (artifacts: readonly Artifact[]) =>
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
