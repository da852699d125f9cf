import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An A2A agent of 0.3 that answers every message with its own words, in the call itself. */
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  const { id, params } = JSON.parse(body)
  const result = { ...params.message, role: 'agent', messageId: `re-${params.message.messageId}` }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ jsonrpc: '2.0', id, result }))
})
server.listen(0, '127.0.0.1', () => {
  console.log(`agent at http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
})
