/*
 * Agents made with an older kit answer a call with `{status: "ok", result}`, outside of JSON-RPC. What their handler returned is
 * read as the message it says.
 */

type Fields = Record<string, unknown>
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The answer in the envelope of its request, where it has none; any other as it came. */
export function inEnvelope(answer: Uint8Array, asked: string): Uint8Array {
  const request = parsed(asked)
  const told = parsed(new TextDecoder().decode(answer))
  const isBare = told?.jsonrpc === undefined && told?.status === 'ok' && 'result' in told
  if (!isBare || request?.method !== 'message/send') return answer
  const { id } = request
  const parts = [{ kind: 'text', text: wordsOf(told.result) }]
  const result = { kind: 'message', role: 'agent', messageId: `answer-${id}`, parts }
  return new TextEncoder().encode(JSON.stringify({ jsonrpc: '2.0', id, result }))
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function wordsOf(result: unknown): string {
  if (typeof result === 'string') return result
  if (isObject(result)) {
    if (Array.isArray(result.parts)) return result.parts.map(textOf).join('\n')
    if (typeof result.text === 'string') return result.text
  }
  return result == null ? '' : JSON.stringify(result)
}

const textOf = (part: unknown) =>
  isObject(part) && typeof part.text === 'string' ? part.text : JSON.stringify(part)
