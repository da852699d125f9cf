import { expect, test } from 'vitest'
import { givenAgent } from '../../testing/given-a2a.ts'

const card = async (headers: Record<string, string> = {}) => {
  const world = await givenAgent()
  const ask = (more: Record<string, string> = {}) =>
    world.server.request('GET', `${world.base}/.well-known/agent-card.json`, {
      headers: { authorization: `Bearer ${world.server.adminToken}`, ...headers, ...more },
    })
  return { ...world, ask }
}

test('RD-70: [CARD-DISC-001] [CARD-PROTO-001] [CARD-PROTO-002] [CARD-STRUCT-001] [BIND-FIELD-001] the card is at its well-known path and names every binding and version', async () => {
  const { ask, server, base } = await card({ 'a2a-version': '1.0' })

  const answer = await ask()

  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    name: 'agent',
    description: expect.any(String),
    version: expect.any(String),
    supportedInterfaces: [
      { url: `${server.url}${base}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '1.0' },
      { url: `${server.url}${base}/a2a`, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0' },
      { url: `${server.url}${base}/a2a`, protocolBinding: 'JSONRPC', protocolVersion: '0.3' },
    ],
    capabilities: { streaming: true },
    defaultInputModes: expect.arrayContaining(['text/plain']),
    defaultOutputModes: expect.arrayContaining(['text/plain']),
    skills: [{ id: expect.any(String), name: expect.any(String), description: expect.any(String) }],
    securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  })
})

test('[CARD-CACHE-001] [CARD-CACHE-002] [CARD-CACHE-003] the card can be cached, and is not sent again while it is the same', async () => {
  const { ask, server, agent } = await card()
  const first = await ask()
  const etag = first.headers.get('etag') ?? ''

  const same = await ask({ 'if-none-match': etag })
  await server.client.workspaces.update(agent.id, { role: 'another role' })
  const changed = await ask({ 'if-none-match': etag })

  expect(first.headers.get('cache-control')).toContain('max-age=')
  expect(first.headers.get('last-modified')).not.toBeNull()
  expect([same.status, changed.status]).toEqual([304, 200])
})

test('[AUTH-SERVER-002] the card is for whoever may know of the workspace', async () => {
  const { server, base } = await card()

  const answer = await server.request('GET', `${base}/.well-known/agent-card.json`, { headers: {} })

  expect(answer.status).toBe(401)
})
