import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'
import { securityHeaders } from './security-headers.ts'

test.each([
  ['an answer', 'GET', '/health'],
  ['a page', 'GET', '/canvas'],
  ['a refusal', 'GET', '/workspaces'],
  ['an unknown route', 'GET', '/no/such/route'],
  ['an unreadable request', 'POST', '/auth/login'],
])('%s carries the security headers and an id', async (_, method, path) => {
  const server = await testServer()

  const answer = await server.request(method, path, { headers: {} })

  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

test('a browser is bound to TLS only where people reach the server by it, whatever a proxy says', async () => {
  const server = await testServer()
  const headers = { 'x-forwarded-proto': 'https' }

  const answer = await server.request('GET', '/health', { headers })

  expect(answer.headers.get('strict-transport-security')).toBeNull()
  expect(securityHeaders('https://molecule.example')).toMatchObject({
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
  })
})

test('CM-98: no page may run or style itself with anything but files of this server', async () => {
  const server = await testServer()

  const { headers } = await server.request('GET', '/canvas', { headers: {} })

  expect(headers.get('content-security-policy')).not.toContain('unsafe')
  expect(headers.get('permissions-policy')).toContain('camera=()')
})
