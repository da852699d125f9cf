import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { closeServer, listen, localUrl } from './listen.ts'

const hello = () => new Response('hello')

async function givenTakenPort() {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => void taken.close())
  const address = taken.address()
  return typeof address === 'object' && address ? address.port : 0
}

test('it answers where it says it listens', async () => {
  const { server, port } = await listen(hello, { host: '127.0.0.1', port: 0 })
  onTestFinished(() => closeServer(server, 0))

  const answer = await fetch(localUrl('127.0.0.1', port))

  expect(await answer.text()).toBe('hello')
})

test('a taken port is named, with the command that takes another', async () => {
  const port = await givenTakenPort()

  await expect(listen(hello, { host: '127.0.0.1', port })).rejects.toMatchObject({
    message: `Port ${port} on 127.0.0.1 is taken by another program.`,
    hint: expect.stringContaining(`PORT=${port + 1} npm start`),
  })
})

test.each(['192.0.2.1', 'no-such-host.invalid', 'not a host'])(
  'an address that this machine does not have (%s) is named with what to set',
  async (host) => {
    await expect(listen(hello, { host, port: 0 })).rejects.toMatchObject({
      message: `This machine has no address ${host}.`,
      hint: expect.stringContaining('127.0.0.1'),
    })
  },
)

test.each([
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://127.0.0.1:80'],
  ['::', 'http://[::1]:80'],
  ['localhost', 'http://localhost:80'],
])('what listens on %s is dialled as %s', (host, url) => {
  expect(localUrl(host, 80)).toBe(url)
})

test('a client that keeps its connection open holds the end up no longer than the patience', async () => {
  const endless = () => new Promise<Response>(() => {})
  const { server, port } = await listen(endless, { host: '127.0.0.1', port: 0 })
  const asked = fetch(localUrl('127.0.0.1', port)).catch(() => 'cut off')
  await once(server, 'request')

  await closeServer(server, 50)

  expect(await asked).toBe('cut off')
})

test('a client that was answered while the server ends, and keeps its connection open, does not hold it up', async () => {
  const answer = Promise.withResolvers<Response>()
  const { server, port } = await listen(() => answer.promise, { host: '127.0.0.1', port: 0 })
  const asked = fetch(localUrl('127.0.0.1', port))
  await once(server, 'request')
  const patienceMs = 10_000

  const begunAt = performance.now()
  const closed = closeServer(server, patienceMs)
  answer.resolve(hello())
  await closed

  expect(await (await asked).text()).toBe('hello')
  expect(performance.now() - begunAt).toBeLessThan(patienceMs / 2)
})
