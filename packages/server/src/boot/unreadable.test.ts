import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Problem } from '@molecule/contract/problem'
import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'

/** Sends bytes as they are, and gives what comes back. */
async function exchange(url: string, bytes: string) {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(bytes)
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body }
}

const host = 'Host: localhost\r\nConnection: close\r\n'

test.each([
  ['no HTTP at all', 'nonsense\r\n\r\n', 400],
  ['headers that are too large', `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['an address that is too long', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`, 431],
  [
    'two lengths',
    `POST /auth/login HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
    400,
  ],
  [
    'a length and chunks',
    `POST /auth/login HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
  ['a host that is none', 'GET /health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
  ['an address of another scheme', `GET gopher://x/ HTTP/1.1\r\n${host}\r\n`, 400],
  ['a backslash in the address', `GET /a\\b HTTP/1.1\r\n${host}\r\n`, 400],
])('%s is refused with a problem document and the security headers', async (_, bytes, status) => {
  const server = await testServer()

  const answer = await exchange(server.url, bytes)

  expect(answer.status).toBe(status)
  expect(answer.head).toContain('content-type: application/problem+json')
  expect(answer.head).toContain("content-security-policy: default-src 'none'")
  expect(Problem.parse(JSON.parse(answer.body))).toMatchObject({ code: 'invalid', status })
  expect((await server.request('GET', '/health')).status).toBe(200)
})
