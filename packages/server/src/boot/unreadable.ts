import { randomUUID } from 'node:crypto'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { DomainError } from '../domain/error.ts'
import { problemOf } from '../http/errors.ts'
import { securityHeaders } from '../http/security-headers.ts'

const statusOf: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
}
const whatIsWrong: Record<number, string> = {
  408: 'the request did not arrive in time',
  413: 'the extensions of a chunk are too large',
  431: 'the address and headers of the request are larger than 16 KiB',
}

/** What is told to a connection whose bytes are no HTTP request: the same problem document as anywhere. */
export function refuseUnreadable(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const status = statusOf[error.code ?? ''] ?? 400
  const { headers, body } = refusal(status)
  const length = { 'content-length': String(Buffer.byteLength(body)), connection: 'close' }
  const lines = Object.entries({ ...headers, ...length }).map((pair) => `${pair.join(': ')}\r\n`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`)
}

/** The same for a request whose address or host cannot be read. */
export function refuseAddress(): Response {
  const { headers, body } = refusal(400)
  return new Response(body, { status: 400, headers })
}

function refusal(status: number) {
  const traceId = randomUUID()
  const detail = whatIsWrong[status] ?? 'this is no HTTP request that can be read'
  const error = new DomainError('invalid', detail, { hint: 'Mend the client, or send less.' })
  return {
    body: JSON.stringify({ ...problemOf(error, traceId), status }),
    headers: {
      ...securityHeaders(''),
      'content-type': 'application/problem+json',
      'x-request-id': traceId,
    },
  }
}
