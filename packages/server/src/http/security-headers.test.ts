import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'

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
