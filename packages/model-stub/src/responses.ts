import { randomUUID } from 'node:crypto'
import type { Asked, Reply, Said } from './reply.ts'

type Item = Record<string, unknown>

/** A request of the Responses API of OpenAI. What is unknown is passed over. */
export function readResponses(body: Record<string, unknown>, count: number): Asked {
  const input =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input
  const items = (Array.isArray(input) ? input : []) as Item[]
  const tools = (Array.isArray(body.tools) ? body.tools : []) as Item[]
  const said = items.flatMap(saidIn)
  const told = items.filter(({ role }) => role === 'system' || role === 'developer')
  return {
    protocol: 'responses',
    model: String(body.model ?? ''),
    system: [String(body.instructions ?? ''), ...told.map(textOf)].filter(Boolean).join('\n'),
    messages: said,
    tools: tools.flatMap(namesOf),
    count,
  }
}

/** Of a namespace, which holds tools of its own, each name behind that of the namespace. */
const namesOf = (tool: Item): string[] =>
  Array.isArray(tool.tools)
    ? (tool.tools as Item[]).map(({ name }) => `${String(tool.name)}__${String(name)}`)
    : [String(tool.name ?? tool.type)]

function saidIn(item: Item): Said[] {
  const nothing = { text: '', calls: [], results: [] }
  if (item.type === 'function_call') {
    const name = item.namespace
      ? `${String(item.namespace)}__${String(item.name)}`
      : String(item.name)
    const call = { id: String(item.call_id), name, input: parsed(item.arguments) }
    return [{ ...nothing, role: 'assistant', calls: [call] }]
  }
  if (item.type === 'function_call_output') {
    const text = typeof item.output === 'string' ? item.output : textOf({ content: item.output })
    const result = { id: String(item.call_id), text, isError: false }
    return [{ ...nothing, role: 'user', results: [result] }]
  }
  if (item.role !== 'user' && item.role !== 'assistant') return []
  return [{ ...nothing, role: item.role, text: textOf(item) }]
}

function parsed(text: unknown): Record<string, unknown> {
  try {
    return JSON.parse(String(text)) as Record<string, unknown>
  } catch {
    return {}
  }
}

const textOf = ({ content }: Item): string =>
  typeof content === 'string'
    ? content
    : (Array.isArray(content) ? (content as Item[]) : [])
        .filter(({ text }) => typeof text === 'string')
        .map(({ text }) => String(text))
        .join('\n')

function itemsOf({ text, calls = [] }: Reply): Item[] {
  const said = { type: 'output_text', text, annotations: [] }
  return [
    ...(text === undefined
      ? []
      : [
          {
            ...{
              type: 'message',
              id: `msg_${randomUUID()}`,
              role: 'assistant',
              status: 'completed',
            },
            content: [said],
          },
        ]),
    ...calls.map(({ name, input }) => ({
      ...{ type: 'function_call', id: `fc_${randomUUID()}`, call_id: `call_${randomUUID()}` },
      ...named(name),
      arguments: JSON.stringify(input),
      status: 'completed',
    })),
  ]
}

/** Tools of an MCP server are called within its namespace: `mcp__server__tool` is `tool` of `mcp__server`. */
function named(name: string): { name: string; namespace?: string } {
  const [, namespace, own] = /^(mcp__[^_]+(?:_[^_]+)*)__(.+)$/.exec(name) ?? []
  return namespace !== undefined && own !== undefined ? { name: own, namespace } : { name }
}

const usageOf = ({ usage = { input: 10, output: 5 } }: Reply) => ({
  input_tokens: usage.input,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: usage.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: usage.input + usage.output,
})

/** The answer in one piece. */
export const responseOf = (reply: Reply, model: string) => ({
  id: `resp_${randomUUID()}`,
  object: 'response',
  created_at: 0,
  status: 'completed',
  model,
  output: itemsOf(reply),
  usage: usageOf(reply),
})

/** The same as the events of a stream. */
export function responseEvents(reply: Reply, model: string): (Item & { type: string })[] {
  const whole = responseOf(reply, model)
  const items = whole.output.flatMap((item, output_index) => [
    { type: 'response.output_item.added', output_index, item: { ...item, status: 'in_progress' } },
    ...(item.type === 'message'
      ? [
          {
            ...{ type: 'response.output_text.delta', output_index, content_index: 0 },
            ...{ item_id: item.id, delta: textOf(item) },
          },
        ]
      : []),
    { type: 'response.output_item.done', output_index, item },
  ])
  const begun = { ...whole, status: 'in_progress', output: [], usage: null }
  return [
    { type: 'response.created', response: begun },
    ...items,
    { type: 'response.completed', response: whole },
  ]
}

/** As the provider refuses. */
export const responsesError = (status: number, message: string) => ({
  error: { message, type: status === 429 ? 'rate_limit_exceeded' : 'api_error', code: null },
})
