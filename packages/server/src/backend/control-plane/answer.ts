import type { IncomingMessage } from 'node:http'
import { Problem } from '@molecule/contract/problem'

/** The control plane said no, with an HTTP status, or said nothing that can be understood: status 0. */
export class ControlPlaneError extends Error {
  override readonly name = 'ControlPlaneError'
  readonly status: number
  /** Another try may get another answer. */
  readonly isPassing: boolean
  constructor(message: string, { status = 0, isPassing = false, cause }: Circumstances = {}) {
    super(message, { cause })
    this.status = status
    this.isPassing = isPassing
  }
}

type Circumstances = { status?: number; isPassing?: boolean; cause?: unknown }

const MAX_ANSWER_BYTES = 4 * 1024 * 1024
const OK = 200

/** The text of an answer that is no refusal. */
export async function textOf(response: IncomingMessage, url: string): Promise<string> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length > MAX_ANSWER_BYTES)
      throw new ControlPlaneError(`${url} answered more than ${MAX_ANSWER_BYTES} bytes`)
  }
  const text = Buffer.concat(parts).toString('utf8')
  const status = response.statusCode ?? 0
  if (status === OK) return text
  throw refusal(text, status, url)
}

/** Lines as they come. One that was cut short throws. */
export async function* linesOf(response: IncomingMessage, url: string): AsyncIterable<string> {
  if (response.statusCode !== OK) await textOf(response, url)
  const decoder = new TextDecoder()
  let rest = ''
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length
    if (length > MAX_ANSWER_BYTES) break
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const value: unknown = JSON.parse(line)
      if (value === null) return
      yield String(value)
    }
  }
  throw new ControlPlaneError(`the log that ${url} sent is cut short`)
}

function refusal(text: string, status: number, url: string) {
  const problem = problemIn(text)
  const isPassing = problem?.retryable ?? (status >= 500 || status === 429)
  const said = problem ? `: ${problem.detail}${problem.hint ? `. ${problem.hint}` : ''}` : ''
  return new ControlPlaneError(`${url} answered ${status}${said}`, { status, isPassing })
}

/** Only a refusal in our own words is repeated: what a proxy says may hold anything. */
function problemIn(text: string): Problem | undefined {
  try {
    return Problem.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
