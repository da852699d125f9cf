import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from './clock.ts'
import { serverAddress } from './server-address.ts'
import { fakeServer } from './testing/fake-server.ts'
import { endOf, givenPlace, startHost, until } from './testing/given-host.ts'

const never = new AbortController().signal

async function givenServerFile() {
  const folder = await mkdtemp(join(tmpdir(), 'server-address-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const serverFile = join(folder, 'server.json')
  return { serverFile, write: (url: string) => writeFile(serverFile, JSON.stringify({ url })) }
}

test('the address a host was told at its start holds until a file names another', async () => {
  const { serverFile, write } = await givenServerFile()
  const address = serverAddress({ url: 'http://127.0.0.1:1', serverFile }, systemClock)

  expect([await address.isCurrent(), address.url()]).toEqual([false, 'http://127.0.0.1:1'])
  await write('http://127.0.0.1:1')
  expect([await address.isCurrent(), address.url()]).toEqual([true, 'http://127.0.0.1:1'])
  await write('http://127.0.0.1:2')
  expect([await address.isCurrent(), address.url()]).toEqual([false, 'http://127.0.0.1:2'])
})

test.each(['', '{', 'null', '{"url": 5}', '{"url": "no address"}'])(
  'a file that says %j changes nothing',
  async (content) => {
    const { serverFile } = await givenServerFile()
    await writeFile(serverFile, content)
    const address = serverAddress({ url: 'http://127.0.0.1:1', serverFile }, systemClock)

    expect([await address.isCurrent(), address.url()]).toEqual([false, 'http://127.0.0.1:1'])
  },
)

test('without a file the address is what it was, and no wait for news ends by itself', async () => {
  const address = serverAddress({ url: 'http://a.example', serverFile: undefined }, systemClock)
  const patience = new AbortController()
  const renewed = address.renewed(patience.signal)

  expect(await address.isCurrent()).toBe(true)
  patience.abort(new Error('enough'))
  await expect(renewed).rejects.toThrow('enough')
})

test('a wait for news ends when a server writes its file', async () => {
  const { serverFile, write } = await givenServerFile()
  const address = serverAddress({ url: 'http://127.0.0.1:1', serverFile }, systemClock)
  const renewed = address.renewed(never)

  await write('http://127.0.0.1:2')

  await renewed
  expect(address.url()).toBe('http://127.0.0.1:2')
})

test('a host finds its server at another address, and is not sent away by a stranger at the old one', async () => {
  const place = await givenPlace('echo "$PLATFORM_URL"')
  const { serverFile, write } = await givenServerFile()
  await write(place.server.url)
  const stranger = await fakeServer()
  onTestFinished(stranger.close)
  stranger.tokens.host = 'of another host'
  await startHost(place, { more: { server_file: serverFile } })
  await until(() => place.server.calls.includes('lease'))

  await rm(serverFile)
  await Promise.all([place.server.goDown(), stranger.goDown()])
  await stranger.comeBack(Number(new URL(place.server.url).port))
  await until(() => stranger.calls.length > 1)
  const url = `http://127.0.0.1:${await place.server.comeBack(0)}`
  await write(url)

  const end = await endOf(place.server.give('x'))
  expect(end).toMatchObject({ outcome: 'completed', result: `${url}\n` })
})
