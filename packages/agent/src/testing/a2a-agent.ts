import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { AgentCard, type Message, type Task, TaskState } from '@a2a-js/sdk'
import {
  AgentEvent,
  DefaultRequestHandler,
  type ExecutionEventBus,
  InMemoryTaskStore,
  JsonRpcTransportHandler,
  type RequestContext,
  ServerCallContext,
} from '@a2a-js/sdk/server'

/*
 * An agent that serves A2A 1.0 at PORT, by the official SDK: it repeats what it is asked, with what it was asked before in the same
 * context. `ask …` is answered with a question, `fail …` fails, `sleep …` never ends by itself, `die` ends the server.
 */

const url = `http://127.0.0.1:${process.env.PORT}`
const heard = new Map<string, string[]>()

const textOf = ({ parts }: Message) =>
  parts.map(({ content }) => (content?.$case === 'text' ? content.value : '')).join('')

const part = (value: string) => ({
  content: { $case: 'text' as const, value },
  metadata: undefined,
  filename: '',
  mediaType: 'text/plain',
})

const said = (text: string, { taskId, contextId }: RequestContext): Message => ({
  messageId: crypto.randomUUID(),
  contextId,
  taskId,
  role: 2,
  parts: [part(text)],
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
})

const executor = {
  async execute(context: RequestContext, bus: ExecutionEventBus) {
    const { contextId, taskId, userMessage } = context
    const text = textOf(userMessage)
    const before = heard.get(contextId) ?? []
    heard.set(contextId, [...before, text])
    const task = (state: TaskState, message?: string): Task => ({
      id: taskId,
      contextId,
      status: {
        state,
        message: message === undefined ? undefined : said(message, context),
        timestamp: new Date().toISOString(),
      },
      artifacts: [],
      history: [],
      metadata: undefined,
    })
    const publish = (one: Task) => bus.publish(AgentEvent.task(one))
    if (text === 'die') process.exit(3)
    if (text.startsWith('sleep')) return publish(task(TaskState.TASK_STATE_WORKING))
    if (text.startsWith('ask')) publish(task(TaskState.TASK_STATE_INPUT_REQUIRED, 'Which one?'))
    else if (text.startsWith('fail')) publish(task(TaskState.TASK_STATE_FAILED, 'I cannot.'))
    else {
      const all = [...before, text].join(' | ')
      publish({
        ...task(TaskState.TASK_STATE_COMPLETED),
        artifacts: [
          {
            artifactId: 'answer',
            name: '',
            description: '',
            parts: [part(`You said: ${all}`)],
            metadata: undefined,
            extensions: [],
          },
        ],
      })
    }
    bus.finished()
  },
  async cancelTask() {},
}

const card = AgentCard.fromJSON({
  name: 'echo',
  description: 'repeats',
  version: '1',
  supportedInterfaces: [{ url, protocolBinding: 'JSONRPC', protocolVersion: '1.0' }],
  capabilities: { streaming: false },
  defaultInputModes: ['text/plain'],
  defaultOutputModes: ['text/plain'],
  skills: [],
})

const handler = new JsonRpcTransportHandler(
  new DefaultRequestHandler(card, new InMemoryTaskStore(), executor),
)

createServer(async (request, response) => {
  response.setHeader('content-type', 'application/json')
  if (request.method === 'GET') return response.end(JSON.stringify(AgentCard.toJSON(card)))
  const body = (await json(request)) as Record<string, unknown>
  const answer = await handler.handle(body, new ServerCallContext({ requestedVersion: '1.0' }))
  return response.end(JSON.stringify(answer))
}).listen(Number(process.env.PORT), '127.0.0.1')
