import { expect, test } from 'vitest'
import { bodyOf, testServer } from '../testing/test-server.ts'
import { MAX_BODY_BYTES } from './body.ts'

const problem = async (answer: Response) => ({
  ...(await bodyOf<object>(answer)),
  status: answer.status,
})

test('a refusal is a problem document with code, detail, hint and trace id', async () => {
  const server = await testServer()

  const answer = await server.request('GET', `/workspaces/${crypto.randomUUID()}`)

  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await problem(answer)).toMatchObject({
    type: 'urn:molecule:problem:not_found',
    title: 'Not found',
    status: 404,
    code: 'not_found',
    detail: expect.stringContaining('does not exist'),
    hint: expect.stringMatching(/./),
    retryable: false,
    error: expect.stringContaining('does not exist'),
    trace_id: answer.headers.get('x-request-id'),
  })
})

test.each([
  ['not JSON', '{"name": ', 'is not JSON'],
  ['not UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'not valid UTF-8'],
  ['a list', '[]', 'not valid'],
  ['a number for a name', '{"name": 5}', 'name'],
  ['two lines for a name', '{"name": "a\\nb"}', 'one line'],
  ['an empty name', '{"name": "  "}', 'name'],
  ['nested without end', '['.repeat(1_000_000), 'is not JSON'],
  ['nested deeply', `${'[1,'.repeat(100_000)}1${']'.repeat(100_000)}`, 'deeper than 64 levels'],
  ['larger than any number', '{"name": "a", "tier": 1e999}', 'tier'],
])('a body that is %s is refused and names what is wrong', async (_, body, words) => {
  const server = await testServer()
  const headers = { authorization: `Bearer ${server.adminToken}` }

  const answer = await server.request('POST', '/workspaces', { headers, body })

  expect(await problem(answer)).toMatchObject({
    status: 400,
    code: 'invalid',
    detail: expect.stringContaining(words),
  })
  expect(await server.client.workspaces.list()).toEqual([])
})

test('CM-27: a body over the limit is refused whole, declared or not', async () => {
  const server = await testServer()
  const headers = { authorization: `Bearer ${server.adminToken}` }
  const big = 'x'.repeat(MAX_BODY_BYTES + 1)
  const streamed = new ReadableStream({
    start(controller) {
      for (let n = 0; n < 13; n++) controller.enqueue(new Uint8Array(1024 * 1024).fill(32))
      controller.close()
    },
  })

  const declared = await server.request('POST', '/workspaces', { headers, body: big })
  const undeclared = await server.request('POST', '/workspaces', {
    headers,
    body: streamed,
    duplex: 'half',
  } as RequestInit)

  expect([declared.status, undeclared.status]).toEqual([413, 413])
})

test('a route of the older API names the fields it ignored; a route of our own refuses them', async () => {
  const server = await testServer()
  const headers = { authorization: `Bearer ${server.adminToken}` }
  const workspace = { name: 'x', runtime_config: { command: 'cat' }, colour: 'red' }

  const lenient = await server.request('POST', '/workspaces', {
    headers,
    body: JSON.stringify(workspace),
  })
  const { id } = await bodyOf<{ id: string }>(lenient)
  const strict = await server.request('POST', `/workspaces/${id}/tasks`, {
    headers,
    body: JSON.stringify({ text: 'x', colour: 'red' }),
  })

  expect(lenient.headers.get('molecule-ignored-fields')).toBe('colour')
  expect(await problem(strict)).toMatchObject({ status: 400, code: 'invalid' })
})

test('NULs and lone surrogates are taken out at the edge', async () => {
  const server = await testServer()
  const headers = { authorization: `Bearer ${server.adminToken}` }

  const answer = await server.request('POST', '/workspaces', {
    headers,
    body: '{"name":"a\\u0000b\\ud800c","runtime_config":{"command":"cat"}}',
  })

  expect((await bodyOf<{ name: string }>(answer)).name).toBe('ab\ufffdc')
})

test('the last of two equal keys counts, and a key of every object is a field like others', async () => {
  const server = await testServer()
  const headers = { authorization: `Bearer ${server.adminToken}`, 'content-type': 'text/plain' }

  const answer = await server.request('POST', '/workspaces', {
    headers,
    body: '{"name":"a","name":"b","__proto__":{"role":"x"},"runtime_config":{"command":"cat"}}',
  })

  expect(answer.headers.get('molecule-ignored-fields')).toBe('__proto__')
  expect(await bodyOf(answer)).toMatchObject({ name: 'b', role: null })
})

test('an unknown route and a wrong method are told as such', async () => {
  const server = await testServer()

  expect(await problem(await server.request('GET', '/nothing'))).toMatchObject({
    status: 404,
    code: 'not_found',
    detail: 'there is no GET /nothing',
  })
})

test('without a backend a workspace fails with the setting to change, and can be deleted', async () => {
  const server = await testServer()

  const { id } = await server.client.workspaces.create({
    name: 'x',
    runtime_config: { command: 'cat' },
  })

  await expect.poll(async () => (await server.client.workspaces.get(id)).status).toBe('failed')
  expect(await server.client.workspaces.get(id)).toMatchObject({
    failure_reason: { code: 'no_backend', hint: expect.stringContaining('MOLECULE_BACKENDS') },
    last_sample_error: expect.stringMatching(/./),
  })
  const { generation } = await server.client.workspaces.remove(id)
  const gone = await server.client.workspaces.get(id, { wait_generation: generation })
  expect(gone.status).toBe('removed')
})

test.each(['limit=0', 'limit=abc', 'wait=-1', 'wait=1000'])(
  'GET /events?%s is refused',
  async (query) => {
    const server = await testServer()

    expect((await server.request('GET', `/events?${query}`)).status).toBe(400)
  },
)
