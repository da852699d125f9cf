import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { relay } from './relay.ts'

/** Another address of this machine, in the place of a gateway. */
const gateway = '127.0.0.2'

async function givenServer(says: string) {
  const server = createServer((socket) => socket.end(says))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function givenRelay(target: () => string) {
  const folder = await mkdtemp(join(tmpdir(), 'relay-'))
  const portFile = join(folder, 'port')
  const make = () => {
    const made = relay({ target, portFile })
    onTestFinished(made.close)
    return made
  }
  onTestFinished(() => rm(folder, { recursive: true }))
  return { make, portFile }
}

const heardAt = (url: string) => text(connect(Number(new URL(url).port), new URL(url).hostname))

test('who connects to the gateway speaks with the server, wherever it is by then', async () => {
  let target = await givenServer('first')
  const { make } = await givenRelay(() => target)
  const opened = make()
  const url = await opened.open(gateway)

  const before = await heardAt(url)
  target = await givenServer('second')
  const after = await heardAt(url)

  expect([before, after]).toEqual(['first', 'second'])
  expect(new URL(url).hostname).toBe(gateway)
  expect(await opened.open(gateway)).toBe(url)
})

test('the next server listens where the last one did', async () => {
  const target = await givenServer('hello')
  const { make } = await givenRelay(() => target)
  const first = make()
  const url = await first.open(gateway)
  await first.close()
  await expect(heardAt(url)).rejects.toThrow('ECONNREFUSED')

  const next = await make().open(gateway)

  expect(next).toBe(url)
  expect(await heardAt(next)).toBe('hello')
})

test('a port that another program has taken is given up for a free one', async () => {
  const target = await givenServer('hello')
  const { make, portFile } = await givenRelay(() => target)
  const taken = await make().open(gateway)

  const other = await make().open(gateway)

  expect(other).not.toBe(taken)
  expect(await readFile(portFile, 'utf8')).toBe(`${new URL(other).port}\n`)
})

test('a gateway that is no address of this machine is refused, and the way out is said', async () => {
  const { make } = await givenRelay(() => 'http://127.0.0.1:1')

  const opened = make().open('192.0.2.77')

  await expect(opened).rejects.toThrow(/can not listen on 192\.0\.2\.77.*EXTERNAL_PLATFORM_URL/)
})
