import type { Message } from '../drive-program.ts'

/** What the program says, by the documents of `--output-format stream-json`. */
export type ClaudeEvent =
  | { kind: 'begun'; servers: readonly { name: string; status: string }[] }
  | { kind: 'text'; text: string }
  | { kind: 'tool'; name: string; input: unknown }
  | { kind: 'asks'; requestId: string; tool: string }
  /** What its tools said; the model has the word again. */
  | { kind: 'told' }
  /** A part of what the model is saying. */
  | { kind: 'speaks' }
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
      return [{ kind: 'told' }]
    case 'stream_event':
      return [{ kind: 'speaks' }]
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
    return [{ kind: 'tool', name: String(block.name), input: block.input }]
  return []
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
      input: numberOf(usage.input_tokens) ?? 0,
      output: numberOf(usage.output_tokens) ?? 0,
    },
    costUsd: numberOf(said.total_cost_usd),
  }
}

const errorsOf = ({ errors }: Raw) => (Array.isArray(errors) ? errors.map(String).join('; ') : '')

const numberOf = (value: unknown) => (typeof value === 'number' ? value : undefined)
