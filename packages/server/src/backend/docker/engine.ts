import { type IncomingMessage, request } from 'node:http'
import { assertOutsideTransaction } from '../../lib/outside-transaction.ts'

/** The HTTP API of a Docker Engine, at the version that the engine speaks by default. */
export type Engine = {
  readonly socketPath: string
  /** What it answered. Throws `EngineError` when that is a refusal, or when nothing answers. */
  call(call: EngineCall, signal: AbortSignal): Promise<Buffer>
  json(call: EngineCall, signal: AbortSignal): Promise<unknown>
  /** What it sends, for as long as it sends. */
  stream(call: EngineCall, signal: AbortSignal): AsyncGenerator<Buffer>
}

export type EngineCall = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Parts are encoded one by one, so no name can lead to another resource. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  /** JSON, or an archive. */
  readonly body?: Readonly<Record<string, unknown>> | Buffer
}

/** The engine said no, with an HTTP status, or said nothing: status 0. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly status: number
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

export const isStatus = (error: unknown, ...statuses: number[]) =>
  error instanceof EngineError && statuses.includes(error.status)

const maxAnswerBytes = 32 * 1024 * 1024

export function dockerEngine(socketPath: string): Engine {
  const call = async (wanted: EngineCall, signal: AbortSignal) => {
    assertOutsideTransaction('a call to Docker')
    const response = await send(socketPath, wanted, signal)
    const answer = await bodyOf(response)
    const status = response.statusCode ?? 0
    if (status >= 400) throw new EngineError(status, refusalIn(answer, status))
    return answer
  }
  return {
    socketPath,
    call,
    json: async (wanted, signal) => JSON.parse((await call(wanted, signal)).toString('utf8')),
    async *stream(wanted, signal) {
      const response = await send(socketPath, wanted, signal)
      const status = response.statusCode ?? 0
      if (status >= 400) throw new EngineError(status, refusalIn(await bodyOf(response), status))
      yield* response as AsyncIterable<Buffer>
    },
  }
}

async function send(
  socketPath: string,
  { method, path, query, body }: EngineCall,
  signal: AbortSignal,
) {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const given = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const type = Buffer.isBuffer(body) ? 'application/x-tar' : 'application/json'
  const sent = request(
    {
      socketPath,
      method,
      path: `/${path.map(encodeURIComponent).join('/')}?${new URLSearchParams(query)}`,
      // The engine is on this machine: a connection costs less than one that is kept and found dead.
      agent: false,
      signal,
      headers:
        given === undefined
          ? {}
          : { 'content-type': type, 'content-length': Buffer.byteLength(given) },
    },
    resolve,
  )
  sent.on('error', (error) => reject(signal.aborted ? signal.reason : noAnswer(socketPath, error)))
  sent.end(given)
  return promise
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part)
    length += part.length
    if (length > maxAnswerBytes)
      throw new EngineError(0, `Docker answered more than ${maxAnswerBytes} bytes`)
  }
  return Buffer.concat(parts)
}

function noAnswer(socketPath: string, error: Error) {
  const code = 'code' in error ? error.code : undefined
  const hint =
    code === 'EACCES'
      ? 'This user may not open it: add the user to the group "docker".'
      : 'Is dockerd running? Another socket is named with DOCKER_HOST=unix://<path>.'
  return new EngineError(
    0,
    `Docker does not answer at ${socketPath} (${code ?? error.message}). ${hint}`,
    {
      cause: error,
    },
  )
}

function refusalIn(answer: Buffer, status: number) {
  try {
    const { message } = JSON.parse(answer.toString('utf8'))
    if (typeof message === 'string') return `Docker refused: ${message}`
  } catch {
    // Not JSON: the status has to do.
  }
  return `Docker answered ${status}`
}
