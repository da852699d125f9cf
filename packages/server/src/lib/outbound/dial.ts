import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { Destination } from './destination.ts'
import { OutboundRefused } from './refused.ts'

/** What is sent; there is nothing else in it, no credential of whoever made us call. */
export type OutboundRequest = {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** The largest answer that is taken. */
  maxBytes?: number
}
export type OutboundAnswer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

const MAX_ANSWER_BYTES = 1024 * 1024

/** Connects to a checked address under the name that was asked for, on a connection that nobody else uses. */
export async function dial(
  { url, addresses }: Destination,
  { method = 'GET', headers = {}, body, maxBytes = MAX_ANSWER_BYTES }: OutboundRequest,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  const start = url.protocol === 'https:' ? requestHttps : requestHttp
  const lookup = pinned(addresses)
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = start(url, { method, headers, lookup, signal, agent: false })
    request.once('response', resolve)
    request.once('error', reject)
    request.end(body)
  })
  const status = message.statusCode ?? 0
  try {
    if (status >= 300 && status < 400 && message.headers.location !== undefined) throw redirected()
    return { status, headers: message.headers, body: await readAll(message, maxBytes) }
  } finally {
    message.destroy()
  }
}

/** Answers every look-up with what was checked: a name that leads elsewhere by now is not asked again. */
const pinned =
  (addresses: Destination['addresses']): LookupFunction =>
  (_, options, done) => {
    const [first] = addresses
    if (options.all) done(null, addresses)
    else if (first) done(null, first.address, first.family)
    else done(new Error('there is no address'), '')
  }

async function readAll(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBytes)
      throw new OutboundRefused(
        'too_large',
        `the answer is larger than ${maxBytes} bytes`,
        'Let the other side answer with less.',
      )
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const redirected = () =>
  new OutboundRefused(
    'redirect',
    'the other side redirects, and redirects are not followed',
    'Give the address it redirects to.',
  )
