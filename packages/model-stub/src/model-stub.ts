import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { messageEvents, messageOf, messagesError, readMessages } from './messages.ts'
import { type Asked, type Fault, isFault, type Reply, type Script } from './reply.ts'
import { readResponses, responseEvents, responseOf, responsesError } from './responses.ts'

export type ModelStub = {
  /** Base address for the agent, for example as `ANTHROPIC_BASE_URL`. */
  readonly url: string
  /** What was asked, oldest first. */
  readonly asked: readonly Asked[]
  close(): Promise<void>
}

/**
 * A model that says what a script tells it to, on loopback, for tests of agents without a key and without a bill. It speaks the
 * Messages API of Anthropic and the Responses API of OpenAI, streamed and whole. Port 0 takes a free one.
 */
export async function startModelStub({
  script,
  port = 0,
}: {
  script: Script
  port?: number
}): Promise<ModelStub> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    answer({ script, asked }, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else sendJson(response, 500, messagesError(500, String(error)))
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

type Protocol = {
  read: (body: Record<string, unknown>, count: number) => Asked
  whole: (reply: Reply, model: string) => object
  events: (reply: Reply, model: string) => { type: string }[]
  refusal: (status: number, message: string) => object
}

const protocols = new Map<string, Protocol>([
  [
    '/v1/messages',
    { read: readMessages, whole: messageOf, events: messageEvents, refusal: messagesError },
  ],
  [
    '/v1/responses',
    { read: readResponses, whole: responseOf, events: responseEvents, refusal: responsesError },
  ],
])

type World = { script: Script; asked: Asked[] }

async function answer(world: World, request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (request.method !== 'POST') return sendJson(response, 200, {})
  const body = (await json(request)) as Record<string, unknown>
  if (pathname === '/v1/messages/count_tokens')
    return sendJson(response, 200, { input_tokens: JSON.stringify(body).length >> 2 })
  const protocol = protocols.get(pathname)
  if (!protocol) return sendJson(response, 404, messagesError(404, `nothing is at ${pathname}`))
  const asked = protocol.read(body, world.asked.length + 1)
  world.asked.push(asked)
  const told = await world.script(asked)
  if (isFault(told)) return fail(response, told, protocol)
  if (body.stream !== true) return sendJson(response, 200, protocol.whole(told, asked.model))
  return stream(response, protocol.events(told, asked.model))
}

function sendJson(response: ServerResponse, status: number, body: object, headers: object = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

const eventText = (event: { type: string }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`

function stream(response: ServerResponse, events: readonly { type: string }[]) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for (const event of events) response.write(eventText(event))
  response.end()
}

function fail(response: ServerResponse, fault: Fault, { events, refusal }: Protocol) {
  if (fault === 'stall') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    return
  }
  if (fault === 'cut') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const [start] = events({ text: '' }, 'model')
    if (start) response.write(eventText(start), () => response.destroy())
    return
  }
  const { status, message = `refused with ${status}`, retryAfterS } = fault
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  sendJson(response, status, refusal(status, message), headers)
}
