import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

/** Sends the body of every POST to all sockets, and does nothing else: the floor of a live feed. */
const server = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  for (const socket of sockets.clients) socket.send(body)
  response.end()
})
const sockets = new WebSocketServer({ server })
server.listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`broadcast at 127.0.0.1:${(server.address() as AddressInfo).port}`)
