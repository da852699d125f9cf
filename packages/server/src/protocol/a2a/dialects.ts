import { randomUUID } from 'node:crypto'

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The message forms that are in use beside A2A 0.3, read as 0.3: parts named by `type` or by nothing, a `content` of text or of
 * parts, and no `messageId`. Answers what is wrong with anything else, by its place.
 */
export function asLegacyMessage(params: unknown): { params: Fields } | { problem: string } {
  if (!isObject(params) || !isObject(params.message))
    return { problem: 'params.message: an object is expected' }
  const { message } = params
  const parts = partsOf(message)
  if (parts === undefined || parts.length === 0)
    return { problem: 'params.message.parts: at least one part is expected' }
  for (const [index, part] of parts.entries()) {
    const problem = problemOf(part)
    if (problem) return { problem: `params.message.parts.${index}${problem}` }
  }
  return {
    params: {
      ...params,
      message: {
        ...message,
        kind: 'message',
        role: message.role ?? 'user',
        messageId: message.messageId ?? randomUUID(),
        parts: parts.map(asLegacyPart),
      },
    },
  }
}

/** `{agent_id, message}` with the words alone, outside of JSON-RPC. */
export const isPlainMessage = (body: unknown): boolean =>
  isObject(body) &&
  body.method === undefined &&
  body.agent_id !== undefined &&
  typeof body.message === 'string'

/** The words of a finished task also where they stand in a message: older callers read `result.parts` of any answer. */
export function withParts<A extends object>(answer: A): A {
  const { result } = answer as { result?: unknown }
  if (!isObject(result) || result.kind !== 'task' || !Array.isArray(result.artifacts)) return answer
  const parts = result.artifacts.flatMap((each) => (isObject(each) ? (each.parts ?? []) : []))
  return { ...answer, result: { ...result, parts } }
}

function partsOf({ parts, content }: Fields): unknown[] | undefined {
  if (Array.isArray(parts)) return parts
  if (Array.isArray(content)) return content
  return typeof content === 'string' ? [{ kind: 'text', text: content }] : undefined
}

const kindOf = (part: Fields) =>
  part.kind ?? part.type ?? ('text' in part ? 'text' : 'data' in part ? 'data' : undefined)

function problemOf(part: unknown): string | undefined {
  if (!isObject(part)) return ': an object is expected'
  const kind = kindOf(part)
  if (kind === 'text')
    return typeof part.text === 'string' ? undefined : '.text: a text is expected'
  if (kind === 'data') return isObject(part.data) ? undefined : '.data: an object is expected'
  return kind === 'file' ? undefined : '.kind: text, data or file is expected'
}

const asLegacyPart = (part: unknown): unknown =>
  isObject(part) ? { ...part, kind: kindOf(part) } : part
