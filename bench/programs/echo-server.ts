import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The least an HTTP server can do: it answers each request with its body. */
const server = createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  request.pipe(response)
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  console.log(`echo at http://127.0.0.1:${port}`)
})
