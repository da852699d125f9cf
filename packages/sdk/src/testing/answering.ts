import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = { status?: number; json?: unknown; text?: string; breakAfterBytes?: number }
export type Recorded = {
  method: string | undefined
  url: string | undefined
  headers: IncomingHttpHeaders
  body: unknown
}

/** Takes the request and says nothing. */
export const never = 'never'

/** A real HTTP server that gives the same answer to everything and remembers what it was sent. */
export async function answering(answer: Answer | typeof never) {
  const requests: Recorded[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request.setEncoding('utf8')) text += chunk
    const { method, url, headers } = request
    requests.push({ method, url, headers, body: text === '' ? undefined : JSON.parse(text) })
    if (answer !== never) send(response, answer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

export type Answering = Awaited<ReturnType<typeof answering>>

function send(response: ServerResponse, { status = 200, json, text, breakAfterBytes }: Answer) {
  const body = text ?? JSON.stringify(json)
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) })
  if (breakAfterBytes === undefined) response.end(body)
  else response.write(body.slice(0, breakAfterBytes), () => response.destroy())
}
