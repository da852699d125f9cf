import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { chatError, chatFrames, chatOf, readChat } from './chat-completions.ts'
import { eventFrame } from './frames.ts'
import { contentError, contentFrames, contentOf, readContent } from './generate-content.ts'
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
 * Messages API of Anthropic, the Responses and Chat Completions APIs of OpenAI and the generateContent API of Gemini, streamed and
 * whole. Port 0 takes a free one.
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
  /** Of a path that this protocol does not answer: null. */
  match: (path: string) => { model?: string; isStream?: boolean } | null
  read: (body: Record<string, unknown>, count: number, model?: string) => Asked
  whole: (reply: Reply, model: string) => object
  frames: (reply: Reply, model: string) => string[]
  refusal: (status: number, message: string) => object
}

const at = (place: string) => (path: string) => (path === place ? {} : null)

const protocols: readonly Protocol[] = [
  {
    match: at('/v1/messages'),
    read: readMessages,
    whole: messageOf,
    frames: (reply, model) => messageEvents(reply, model).map(eventFrame),
    refusal: messagesError,
  },
  {
    match: at('/v1/responses'),
    read: readResponses,
    whole: responseOf,
    frames: (reply, model) => responseEvents(reply, model).map(eventFrame),
    refusal: responsesError,
  },
  {
    match: at('/v1/chat/completions'),
    read: readChat,
    whole: chatOf,
    frames: chatFrames,
    refusal: chatError,
  },
  {
    match(path) {
      const [, model, verb] = /^\/v1(?:beta)?\/models\/([^/:]+):(\w+)$/.exec(path) ?? []
      if (model === undefined) return null
      if (verb === 'generateContent') return { model }
      return verb === 'streamGenerateContent' ? { model, isStream: true } : null
    },
    read: readContent,
    whole: contentOf,
    frames: contentFrames,
    refusal: contentError,
  },
]

function protocolAt(path: string) {
  for (const protocol of protocols) {
    const found = protocol.match(path)
    if (found) return { protocol, ...found }
  }
  return undefined
}

type World = { script: Script; asked: Asked[] }

async function answer(world: World, request: IncomingMessage, response: ServerResponse) {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (request.method !== 'POST') return sendJson(response, 200, {})
  const body = (await json(request)) as Record<string, unknown>
  const tokens = JSON.stringify(body).length >> 2
  if (pathname === '/v1/messages/count_tokens')
    return sendJson(response, 200, { input_tokens: tokens })
  if (pathname.endsWith(':countTokens')) return sendJson(response, 200, { totalTokens: tokens })
  const found = protocolAt(pathname)
  if (!found) return sendJson(response, 404, messagesError(404, `nothing is at ${pathname}`))
  const { protocol, model, isStream = body.stream === true } = found
  const asked = protocol.read(body, world.asked.length + 1, model)
  world.asked.push(asked)
  const told = await world.script(asked)
  if (isFault(told)) return fail(response, told, protocol)
  if (!isStream) return sendJson(response, 200, protocol.whole(told, asked.model))
  return stream(response, protocol.frames(told, asked.model))
}

function sendJson(response: ServerResponse, status: number, body: object, headers: object = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(body))
}

function stream(response: ServerResponse, frames: readonly string[]) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for (const frame of frames) response.write(frame)
  response.end()
}

function fail(response: ServerResponse, fault: Fault, { frames, refusal }: Protocol) {
  if (fault === 'stall') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    return
  }
  if (fault === 'cut') {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const [start] = frames({ text: '' }, 'model')
    if (start) response.write(start, () => response.destroy())
    return
  }
  const { status, message = `refused with ${status}`, retryAfterS } = fault
  const headers = retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }
  sendJson(response, status, refusal(status, message), headers)
}
