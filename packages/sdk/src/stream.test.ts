import { afterEach, describe, expect, test, vi } from 'vitest'
import { moleculeClient } from './client.ts'
import { nodeFetch } from './node-fetch.ts'
import type { Fetch } from './request.ts'
import { type Answering, answering, never } from './testing/answering.ts'

const open: Answering[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const server of open.splice(0)) await server.close()
})
const serving = async (...args: Parameters<typeof answering>) => {
  const server = await answering(...args)
  open.push(server)
  return server
}

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const piece of pieces) text += piece
  return text
}

const withoutBody: Fetch = async (url, init) => {
  const { status, text } = await nodeFetch()(url, init)
  return { status, text }
}

const fetches: [string, { fetch?: Fetch }][] = [
  ['the global fetch', {}],
  ["node's own http", { fetch: nodeFetch() }],
  ['a fetch that cannot stream', { fetch: withoutBody }],
]

describe.each(fetches)('over %s', (_name, fetch) => {
  test('a long answer arrives whole, whatever its characters', async () => {
    const text = 'Ada Ωmega 🙂\n'.repeat(20_000)
    const server = await serving({ text })

    const read = await textOf(
      moleculeClient({ baseUrl: server.url, ...fetch }).audit.export({ since: 3 }),
    )

    expect(read).toBe(text)
    expect(server.requests[0]?.url).toBe('/audit/export?since=3')
  })

  test('a refusal is thrown with the problem of the server', async () => {
    const server = await serving({ status: 403, json: { code: 'forbidden', detail: 'no' } })
    const client = moleculeClient({ baseUrl: server.url, ...fetch })

    await expect(textOf(client.audit.export())).rejects.toMatchObject({
      code: 'forbidden',
      status: 403,
    })
  })

  test('an answer that breaks off is no answer', async () => {
    const server = await serving({ text: 'x'.repeat(1000), breakAfterBytes: 500 })
    const client = moleculeClient({ baseUrl: server.url, ...fetch })

    await expect(textOf(client.audit.export())).rejects.toMatchObject({ status: 0 })
  })

  test('silence ends when its time is up', async () => {
    const server = await serving(never)
    const client = moleculeClient({ baseUrl: server.url, timeoutMs: 50, ...fetch })

    await expect(textOf(client.audit.export())).rejects.toThrow('nothing came for 0.05 s')
  })

  test('the caller may stop reading, or give up', async () => {
    const server = await serving({ text: 'x'.repeat(1_000_000) })
    const client = moleculeClient({ baseUrl: server.url, ...fetch })
    const given = AbortSignal.abort(new Error('enough'))

    for await (const piece of client.audit.export()) {
      expect(piece).toMatch(/^x+$/)
      break
    }

    await expect(textOf(client.audit.export({}, { signal: given }))).rejects.toThrow()
  })
})

test('a followed log may be silent for longer than any other call', async () => {
  vi.useFakeTimers()
  const more = Promise.withResolvers<void>()
  const bytes = (text: string) => new TextEncoder().encode(text)
  async function* written() {
    yield bytes('one\n')
    await more.promise
    yield bytes('two\n')
  }
  const fetch: Fetch = async () => ({ status: 200, text: async () => '', body: written() })
  const client = moleculeClient({ baseUrl: 'http://server', timeoutMs: 50, fetch })

  const log = client.logs('some', { follow: true })
  const first = await log.next()
  const second = log.next()
  await vi.advanceTimersByTimeAsync(3_600_000)
  more.resolve()

  expect([first.value, (await second).value]).toEqual(['one\n', 'two\n'])
})
