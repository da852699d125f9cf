import { randomUUID } from 'node:crypto'
import type { Asked, Reply, Said } from './reply.ts'

type Block = Record<string, unknown> & { type: string }

/** A request of the Messages API of Anthropic (2023-06-01). What is unknown is passed over. */
export function readMessages(body: Record<string, unknown>, count: number): Asked {
  const messages = Array.isArray(body.messages) ? body.messages : []
  const tools = Array.isArray(body.tools) ? body.tools : []
  return {
    protocol: 'messages',
    model: String(body.model ?? ''),
    system: textOf(blocksOf(body.system)),
    messages: messages.flatMap((each) => saidIn(each as Record<string, unknown>)),
    tools: tools.map((each) => String((each as { name?: unknown }).name ?? '')),
    count,
  }
}

function saidIn({ role, content }: Record<string, unknown>): Said[] {
  if (role !== 'user' && role !== 'assistant') return []
  const blocks = blocksOf(content)
  return [
    {
      role,
      text: textOf(blocks),
      calls: blocks
        .filter(({ type }) => type === 'tool_use')
        .map(({ id, name, input }) => ({
          id: String(id),
          name: String(name),
          input: (input ?? {}) as Record<string, unknown>,
        })),
      results: blocks
        .filter(({ type }) => type === 'tool_result')
        .map((block) => ({
          id: String(block.tool_use_id),
          text: textOf(blocksOf(block.content)),
          isError: block.is_error === true,
        })),
    },
  ]
}

const blocksOf = (content: unknown): Block[] =>
  typeof content === 'string'
    ? [{ type: 'text', text: content }]
    : Array.isArray(content)
      ? (content as Block[])
      : []

const textOf = (blocks: readonly Block[]) =>
  blocks
    .filter(({ type }) => type === 'text')
    .map(({ text }) => String(text))
    .join('\n')

const usageOf = ({ usage = { input: 10, output: 5 } }: Reply) => ({
  input_tokens: usage.input,
  output_tokens: usage.output,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
})

const contentOf = ({ text, calls = [] }: Reply): Block[] => [
  ...(text === undefined ? [] : [{ type: 'text', text }]),
  ...calls.map(({ name, input }) => ({
    type: 'tool_use',
    id: `toolu_${randomUUID()}`,
    name,
    input,
  })),
]

const stopOf = ({ calls = [] }: Reply) => (calls.length > 0 ? 'tool_use' : 'end_turn')

/** The answer in one piece. */
export const messageOf = (reply: Reply, model: string) => ({
  id: `msg_${randomUUID()}`,
  type: 'message',
  role: 'assistant',
  model,
  content: contentOf(reply),
  stop_reason: stopOf(reply),
  stop_sequence: null,
  usage: usageOf(reply),
})

/** The same as the events of a stream. */
export function messageEvents(reply: Reply, model: string): Block[] {
  const whole = messageOf(reply, model)
  const blocks = whole.content.flatMap((block, index) => [
    { type: 'content_block_start', index, content_block: opened(block) },
    { type: 'content_block_delta', index, delta: deltaOf(block) },
    { type: 'content_block_stop', index },
  ])
  return [
    {
      type: 'message_start',
      message: {
        ...whole,
        content: [],
        stop_reason: null,
        usage: { ...whole.usage, output_tokens: 1 },
      },
    },
    ...blocks,
    {
      type: 'message_delta',
      delta: { stop_reason: whole.stop_reason, stop_sequence: null },
      usage: whole.usage,
    },
    { type: 'message_stop' },
  ]
}

const opened = (block: Block) =>
  block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} }

const deltaOf = (block: Block) =>
  block.type === 'text'
    ? { type: 'text_delta', text: block.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) }

const kinds: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

/** As the provider refuses. */
export const messagesError = (status: number, message: string) => ({
  type: 'error',
  error: { type: kinds[status] ?? 'api_error', message },
})
