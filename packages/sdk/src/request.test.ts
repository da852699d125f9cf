import { afterEach, describe, expect, test } from 'vitest'
import { moleculeClient } from './client.ts'
import { nodeFetch } from './node-fetch.ts'
import { type Fetch, MoleculeError } from './request.ts'
import { type Answering, answering, never } from './testing/answering.ts'

const open: Answering[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.close()
})
const serving = async (...args: Parameters<typeof answering>) => {
  const server = await answering(...args)
  open.push(server)
  return server
}

const fetches: [string, { fetch?: Fetch }][] = [
  ['the global fetch', {}],
  ["node's own http", { fetch: nodeFetch() }],
]

describe.each(fetches)('over %s', (_name, fetch) => {
  test('a call carries method, path, query, token and body', async () => {
    const server = await serving({ status: 201, json: { id: 'new' } })
    const client = moleculeClient({ baseUrl: `${server.url}/`, token: 't0ken', ...fetch })

    const created = await client.workspaces.create({ name: 'Ada Ωmega' })
    await client.tasks.list({ status: 'queued', limit: 3 })

    expect(created).toEqual({ id: 'new' })
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/workspaces',
      headers: { authorization: 'Bearer t0ken', 'content-type': 'application/json' },
      body: { name: 'Ada Ωmega' },
    })
    expect(server.requests[1]).toMatchObject({ method: 'GET', url: '/tasks?status=queued&limit=3' })
  })

  test('without a token no credential is sent, and a page sends its CSRF token', async () => {
    const server = await serving({ json: { ok: true } })

    await moleculeClient({ baseUrl: server.url, csrfToken: 'c5rf', ...fetch }).session.logout()

    expect(server.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(server.requests[0]?.headers).toMatchObject({ 'x-csrf-token': 'c5rf' })
  })

  test('an id is escaped, so it can never reach another route', async () => {
    const server = await serving({ json: {} })

    await moleculeClient({ baseUrl: server.url, ...fetch }).tasks.get('../admin?x=1')

    expect(server.requests[0]?.url).toBe('/tasks/..%2Fadmin%3Fx%3D1')
  })

  test('a refusal is thrown with the problem of the server', async () => {
    const problem = { code: 'name_taken', detail: 'taken', hint: 'choose another', extra: { a: 1 } }
    const server = await serving({ status: 409, json: problem })

    const error = await refusal(moleculeClient({ baseUrl: server.url, ...fetch }).health())

    expect(error.problem).toMatchObject({ ...problem, status: 409, retryable: false })
    expect(error).toMatchObject({ code: 'name_taken', status: 409, message: 'taken' })
  })

  test('a refusal in the older shape still says what happened', async () => {
    const server = await serving({ status: 410, json: { error: 'removed' } })

    const error = await refusal(moleculeClient({ baseUrl: server.url, ...fetch }).health())

    expect(error.problem).toMatchObject({ detail: 'removed', status: 410, code: 'internal' })
  })

  test.each([200, 502])('a page with status %i instead of JSON is a failure', async (status) => {
    const server = await serving({ status, text: '<html>Welcome</html>' })

    const error = await refusal(moleculeClient({ baseUrl: server.url, ...fetch }).health())

    expect(error.message).toContain(`answered ${status} with something that is not JSON`)
    expect(error.problem.hint).toContain('address')
  })

  test('a server that is not ready names its failed checks instead of throwing', async () => {
    const body = { ready: false, checks: [{ name: 'disk', ok: false, detail: 'full' }] }
    const server = await serving({ status: 503, json: body })

    expect(await moleculeClient({ baseUrl: server.url, ...fetch }).ready()).toEqual(body)
  })

  test('an address where nobody listens is told as unavailable, with the cause', async () => {
    const server = await serving({ json: {} })
    await server.close()

    const error = await refusal(moleculeClient({ baseUrl: server.url, ...fetch }).health())

    expect(error).toMatchObject({ code: 'unavailable', status: 0 })
    expect(error.problem).toMatchObject({ retryable: true })
    expect(error.message).toContain(server.url)
    expect(error.message).toMatch(/ECONNREFUSED/)
  })

  test('an answer that never comes ends at the time limit', async () => {
    const server = await serving(never)

    const error = await refusal(
      moleculeClient({ baseUrl: server.url, timeoutMs: 50, ...fetch }).health(),
    )

    expect(error.message).toContain('no answer within 0.05 s')
  })

  test('an answer that breaks off in the middle is told as unavailable', async () => {
    const server = await serving({ json: { long: 'x'.repeat(1000) }, breakAfterBytes: 100 })

    const error = await refusal(moleculeClient({ baseUrl: server.url, ...fetch }).health())

    expect(error).toMatchObject({ code: 'unavailable', status: 0 })
  })

  test('who gives up is told so, not that the server was silent', async () => {
    const server = await serving(never)
    const giveUp = new AbortController()
    const call = moleculeClient({ baseUrl: server.url, ...fetch }).health({ signal: giveUp.signal })

    giveUp.abort(new Error('enough'))

    await expect(call).rejects.toThrow('enough')
  })

  test('who has given up before calls nobody', async () => {
    const server = await serving({ json: {} })
    const signal = AbortSignal.abort(new Error('enough'))

    const call = moleculeClient({ baseUrl: server.url, ...fetch }).health({ signal })

    await expect(call).rejects.toThrow('enough')
    expect(server.requests).toEqual([])
  })

  test('megabytes of many-byte characters arrive whole', async () => {
    const text = 'Ω🙂'.repeat(300_000)
    const server = await serving({ json: { text } })

    expect(await moleculeClient({ baseUrl: server.url, ...fetch }).health()).toEqual({ text })
  })
})

async function refusal(call: Promise<unknown>): Promise<MoleculeError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof MoleculeError) return error
  throw new Error(`expected a refusal, got ${error}`)
}
