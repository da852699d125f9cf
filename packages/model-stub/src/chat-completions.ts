import { randomUUID } from 'node:crypto'
import { dataFrame } from './frames.ts'
import type { Asked, Reply, Said } from './reply.ts'

type Raw = Record<string, unknown>

/** A request of the Chat Completions API of OpenAI, which many servers speak. What is unknown is passed over. */
export function readChat(body: Raw, count: number): Asked {
  const messages = (Array.isArray(body.messages) ? body.messages : []) as Raw[]
  const tools = (Array.isArray(body.tools) ? body.tools : []) as Raw[]
  const isSystem = ({ role }: Raw) => role === 'system' || role === 'developer'
  return {
    protocol: 'chat',
    model: String(body.model ?? ''),
    system: messages.filter(isSystem).map(textOf).join('\n'),
    messages: messages.filter((each) => !isSystem(each)).map(saidIn),
    tools: tools.map((tool) => String((tool.function as Raw | undefined)?.name ?? '')),
    count,
  }
}

function saidIn(message: Raw): Said {
  const text = textOf(message)
  if (message.role === 'tool') {
    const result = { id: String(message.tool_call_id), text, isError: false }
    return { role: 'user', text: '', calls: [], results: [result] }
  }
  const calls = (Array.isArray(message.tool_calls) ? message.tool_calls : []) as Raw[]
  return {
    role: message.role === 'assistant' ? 'assistant' : 'user',
    text,
    calls: calls.map((call) => {
      const { name, arguments: given } = (call.function ?? {}) as Raw
      return { id: String(call.id), name: String(name), input: parsed(given) }
    }),
    results: [],
  }
}

const textOf = ({ content }: Raw): string =>
  typeof content === 'string'
    ? content
    : ((Array.isArray(content) ? content : []) as Raw[])
        .filter(({ type }) => type === 'text')
        .map(({ text }) => String(text))
        .join('\n')

function parsed(text: unknown): Raw {
  try {
    return JSON.parse(String(text)) as Raw
  } catch {
    return {}
  }
}

const usageOf = ({ usage = { input: 10, output: 5 } }: Reply) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
})

const callsOf = ({ calls = [] }: Reply) =>
  calls.map(({ name, input }, index) => ({
    index,
    id: `call_${randomUUID()}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }))

const finishOf = ({ calls = [] }: Reply) => (calls.length > 0 ? 'tool_calls' : 'stop')

const about = (object: string, model: string) => ({
  id: `chatcmpl-${randomUUID()}`,
  object,
  created: 0,
  model,
})

/** The answer in one piece. */
export const chatOf = (reply: Reply, model: string) => ({
  ...about('chat.completion', model),
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: reply.text ?? null,
        ...(reply.calls?.length ? { tool_calls: callsOf(reply) } : {}),
      },
      finish_reason: finishOf(reply),
    },
  ],
  usage: usageOf(reply),
})

/** The same as a stream. */
export function chatFrames(reply: Reply, model: string): string[] {
  const head = about('chat.completion.chunk', model)
  const part = (delta: object, finish_reason: string | null = null) =>
    dataFrame({ ...head, choices: [{ index: 0, delta, finish_reason }] })
  return [
    part({ role: 'assistant', content: '' }),
    ...(reply.text === undefined ? [] : [part({ content: reply.text })]),
    ...(reply.calls?.length ? [part({ tool_calls: callsOf(reply) })] : []),
    part({}, finishOf(reply)),
    dataFrame({ ...head, choices: [], usage: usageOf(reply) }),
    'data: [DONE]\n\n',
  ]
}

/** As the provider refuses. */
export const chatError = (status: number, message: string) => ({
  error: { message, type: status === 429 ? 'rate_limit_error' : 'api_error', code: status },
})
