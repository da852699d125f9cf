import type { Message } from '../drive-program.ts'

/** What the program says, by the documents of `--output-format stream-json`. */
export type ClaudeEvent =
  | { kind: 'begun'; servers: readonly { name: string; status: string }[] }
  | { kind: 'text'; text: string }
  | { kind: 'tool'; id: string; name: string; input: unknown }
  | { kind: 'asks'; requestId: string; tool: string }
  /** What one of its tools said. */
  | { kind: 'told'; id: string; output: string; isError: boolean }
  /** The model is at work; `text` is a part of what it says to whoever asked. */
  | { kind: 'speaks'; text: string }
  /** A limit of the account stands in the way until then, in seconds since 1970. */
  | { kind: 'limit'; resetsAt: number }
  | { kind: 'retries'; status: number | undefined }
  | ({ kind: 'result' } & ClaudeResult)

export type ClaudeResult = {
  text: string
  isError: boolean
  /** Of an error of the model's API. */
  status: number | undefined
  subtype: string
  usage: { input: number; output: number } | undefined
  costUsd: number | undefined
}

type Raw = Message

/** Nothing for a document that says nothing to us. */
export function eventsIn(said: Message): ClaudeEvent[] {
  switch (said.type) {
    case 'system':
      return system(said)
    case 'assistant':
      return blocksOf(said).flatMap(told)
    case 'user':
      return blocksOf(said).flatMap(toolResult)
    case 'stream_event':
      return [{ kind: 'speaks', text: partOf(said) }]
    case 'rate_limit_event':
      return limit(said)
    case 'control_request':
      return asks(said)
    case 'result':
      return [result(said)]
    default:
      return []
  }
}

function system(said: Raw): ClaudeEvent[] {
  if (said.subtype === 'api_retry')
    return [{ kind: 'retries', status: numberOf(said.error_status) }]
  if (said.subtype !== 'init') return []
  const servers = (Array.isArray(said.mcp_servers) ? said.mcp_servers : []) as Raw[]
  return [
    {
      kind: 'begun',
      servers: servers.map(({ name, status }) => ({ name: String(name), status: String(status) })),
    },
  ]
}

const blocksOf = ({ message }: Raw): Raw[] => {
  const { content } = (message ?? {}) as Raw
  return Array.isArray(content) ? (content as Raw[]) : []
}

function told(block: Raw): ClaudeEvent[] {
  if (block.type === 'text') return [{ kind: 'text', text: String(block.text) }]
  if (block.type === 'tool_use')
    return [{ kind: 'tool', id: String(block.id), name: String(block.name), input: block.input }]
  return []
}

function toolResult({ type, tool_use_id, content, is_error }: Raw): ClaudeEvent[] {
  if (type !== 'tool_result') return []
  const output = typeof content === 'string' ? content : textsOf(content)
  return [{ kind: 'told', id: String(tool_use_id), output, isError: is_error === true }]
}

const textsOf = (content: unknown) =>
  (Array.isArray(content) ? (content as Raw[]) : [])
    .filter(({ type }) => type === 'text')
    .map(({ text }) => String(text))
    .join('\n')

/** What a helper of its own says is not said to whoever asked. */
function partOf({ event, parent_tool_use_id }: Raw): string {
  const { type, delta } = (event ?? {}) as Raw
  if (type !== 'content_block_delta' || parent_tool_use_id) return ''
  const { text } = (delta ?? {}) as Raw
  return typeof text === 'string' ? text : ''
}

function limit({ rate_limit_info }: Raw): ClaudeEvent[] {
  const { status, resetsAt } = (rate_limit_info ?? {}) as Raw
  const until = numberOf(resetsAt)
  return status === 'rejected' && until !== undefined ? [{ kind: 'limit', resetsAt: until }] : []
}

function asks({ request_id, request }: Raw): ClaudeEvent[] {
  const { subtype, tool_name } = (request ?? {}) as Raw
  if (subtype !== 'can_use_tool') return []
  return [{ kind: 'asks', requestId: String(request_id), tool: String(tool_name) }]
}

function result(said: Raw): ClaudeEvent {
  const usage = said.usage as Raw | undefined
  return {
    kind: 'result',
    text: typeof said.result === 'string' ? said.result : errorsOf(said),
    // An error of the API comes as a success whose flag says otherwise.
    isError: said.is_error === true || said.subtype !== 'success',
    status: numberOf(said.api_error_status),
    subtype: String(said.subtype),
    usage: usage && {
      input: inputOf(usage),
      output: numberOf(usage.output_tokens) ?? 0,
    },
    costUsd: numberOf(said.total_cost_usd),
  }
}

/** Read from a cache or not, it was read. */
const inputOf = (usage: Raw) =>
  ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens']
    .map((name) => numberOf(usage[name]) ?? 0)
    .reduce((sum, tokens) => sum + tokens, 0)

const errorsOf = ({ errors }: Raw) => (Array.isArray(errors) ? errors.map(String).join('; ') : '')

const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined)
