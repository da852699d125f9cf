import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Resolve } from './destination.ts'
import { outboundGuard } from './outbound-guard.ts'

const publicAddress = { address: '93.184.216.34', family: 4 }
const loopback = { address: '127.0.0.1', family: 4 }

/** A resolver that gives one answer after the other, and counts how often it is asked. */
function resolver(...answers: Awaited<ReturnType<Resolve>>[]) {
  const asked: string[] = []
  const resolve: Resolve = async (host) => {
    asked.push(host)
    return answers[asked.length - 1] ?? []
  }
  return { resolve, asked }
}

async function givenServer(listener: RequestListener): Promise<{ port: number }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { port: (server.address() as AddressInfo).port }
}

const refusal = (reason: string) => expect.objectContaining({ name: 'OutboundRefused', reason })

test.each([
  'http://localhost/',
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://0x7f.1/',
  'http://127.0.0.1./',
  'http://0.0.0.0/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data/',
  'http://168.63.129.16/',
  'http://100.64.0.1/',
  'http://100.100.100.200/',
  'http://192.0.2.1/',
  'http://198.51.100.1/',
  'http://203.0.113.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://255.255.255.255/',
  'http://[::]/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:93.184.216.34]/',
  'http://[::127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[64:ff9b:1::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://[2001:0:7f00:1::]/',
  'http://[fe80::1]/',
  'http://[fec0::1]/',
  'http://[fc00::1]/',
  'http://[fd00:ec2::254]/',
  'http://[ff02::1]/',
  'http://[2001:db8::1]/',
  'http://[100::1]/',
])('CM-30, LC-28: %s is not public, and not called', async (url) => {
  const { resolve } = resolver([loopback])

  await expect(outboundGuard({ allow: [], resolve }).check(url)).rejects.toEqual(refusal('address'))
})

test.each([
  'https://93.184.216.34/a2a',
  'http://[2606:4700::1111]:8080/',
  'https://agent.example./',
])('%s may be called', async (url) => {
  const { resolve } = resolver([publicAddress])

  const { addresses } = await outboundGuard({ allow: [], resolve }).check(url)

  expect(addresses).toHaveLength(1)
})

test.each([
  ['file:///etc/passwd', 'scheme'],
  ['ftp://agent.example/', 'scheme'],
  ['gopher://agent.example/', 'scheme'],
  ['https://user:password@agent.example/', 'credentials'],
  ['https://user@agent.example/', 'credentials'],
  ['agent.example', 'not_a_url'],
  ['http://', 'not_a_url'],
  ['http://256.256.256.256/', 'not_a_url'],
  ['http://[fe80::1%25eth0]/', 'not_a_url'],
  [`https://agent.example/${'x'.repeat(3000)}`, 'not_a_url'],
])('%s is refused before any look-up', async (url, reason) => {
  const { resolve, asked } = resolver([publicAddress])

  await expect(outboundGuard({ allow: [], resolve }).check(url)).rejects.toEqual(refusal(reason))
  expect(asked).toEqual([])
})

test('a name with one address that is not public is refused, whatever the others are', async () => {
  const { resolve } = resolver([publicAddress, loopback])

  await expect(
    outboundGuard({ allow: [], resolve }).check('https://agent.example/'),
  ).rejects.toThrow('agent.example leads to 127.0.0.1, which is not a public address')
})

test('a name without an address, and a look-up that fails, are told as such', async () => {
  const failing = () => Promise.reject(new Error('SERVFAIL'))

  for (const resolve of [resolver().resolve, failing])
    await expect(
      outboundGuard({ allow: [], resolve }).check('https://agent.example/'),
    ).rejects.toEqual(refusal('unresolved'))
})

test('CM-31, RD-103: a name is looked up once, and what was checked is what is dialled', async () => {
  const { port } = await givenServer((_, reply) => reply.end('the inner service'))
  const { resolve, asked } = resolver([{ address: '127.0.0.2', family: 4 }], [loopback])
  const guard = outboundGuard({ allow: ['127.0.0.2'], resolve })

  await expect(guard.fetch(`http://agent.example:${port}/`)).rejects.toEqual(refusal('unreachable'))

  expect(asked).toEqual(['agent.example'])
})

test('CM-05: the call goes to the pinned address under its own name, with what it was given and nothing else', async () => {
  let got: { headers: IncomingHttpHeaders; body: string; method: string | undefined } | undefined
  const { port } = await givenServer(async (request, reply) => {
    const chunks: Buffer[] = await request.toArray()
    const body = Buffer.concat(chunks).toString()
    got = { headers: request.headers, body, method: request.method }
    reply.writeHead(201, { 'x-answer': 'yes' }).end('done')
  })
  const { resolve, asked } = resolver([loopback])
  const guard = outboundGuard({ allow: ['127.0.0.0/8'], resolve })

  const answer = await guard.fetch(`http://agent.example:${port}/a?b=c`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: 'é',
  })

  expect(answer).toMatchObject({ status: 201, headers: { 'x-answer': 'yes' } })
  expect(answer.body.toString()).toBe('done')
  expect(got).toEqual({
    method: 'POST',
    body: 'é',
    headers: {
      host: `agent.example:${port}`,
      'content-type': 'text/plain',
      'content-length': '2',
      connection: 'close',
    },
  })
  expect(asked).toEqual(['agent.example'])
})

test('over TLS the pinned address is asked for the certificate of the name', async () => {
  const hello = Promise.withResolvers<string>()
  const server = createSocketServer((socket) => {
    socket.once('data', (bytes) => {
      hello.resolve(bytes.toString('latin1'))
      socket.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.address() as AddressInfo
  const guard = outboundGuard({ allow: ['127.0.0.1'], resolve: resolver([loopback]).resolve })

  await expect(guard.fetch(`https://agent.example:${port}/`)).rejects.toEqual(
    refusal('unreachable'),
  )

  expect(await hello.promise).toContain('agent.example')
})

test('CM-31: a redirect is not followed', async () => {
  const paths: (string | undefined)[] = []
  const { port } = await givenServer((request, reply) => {
    paths.push(request.url)
    reply.writeHead(302, { location: '/inner' }).end()
  })
  const guard = outboundGuard({ allow: ['agent.example'], resolve: resolver([loopback]).resolve })

  await expect(guard.fetch(`http://agent.example:${port}/outer`)).rejects.toEqual(
    refusal('redirect'),
  )

  expect(paths).toEqual(['/outer'])
})

test.each([
  ['an address', '127.0.0.1'],
  ['a block', '127.0.0.0/8'],
  ['a name', 'Agent.example'],
])('CM-32: the operator lets %s through, and only that', async (_, allow) => {
  const guard = outboundGuard({ allow: [allow], resolve: async () => [loopback] })

  await expect(guard.check('http://agent.example/')).resolves.toMatchObject({
    addresses: [loopback],
  })
  await expect(guard.check('http://10.0.0.1/')).rejects.toEqual(refusal('address'))
})

test('CM-97: no variable of the environment makes an inner address public', async () => {
  for (const [name, value] of [
    ['MOLECULE_ENV', 'development'],
    ['MOLECULE_DEPLOY_MODE', 'saas'],
    ['MOLECULE_ORG_ID', crypto.randomUUID()],
  ] as const) {
    process.env[name] = value
    onTestFinished(() => void delete process.env[name])
  }

  await expect(outboundGuard({ allow: [] }).check('http://127.0.0.1/')).rejects.toEqual(
    refusal('address'),
  )
})

test('an answer that does not end is cut off at its limit', async () => {
  const { port } = await givenServer((_, reply) => {
    const more = () => reply.write(Buffer.alloc(64 * 1024), () => !reply.destroyed && more())
    more()
  })
  const guard = outboundGuard({ allow: ['127.0.0.1'] })

  await expect(guard.fetch(`http://127.0.0.1:${port}/`, { maxBytes: 1024 * 1024 })).rejects.toEqual(
    refusal('too_large'),
  )
})

test('an answer that does not come is waited for no longer than allowed, nor a look-up', async () => {
  const { port } = await givenServer(() => {})
  const never = () => new Promise<never>(() => {})
  const limits = { timeoutMs: 50 }

  await expect(
    outboundGuard({ allow: ['127.0.0.1'] }).fetch(`http://127.0.0.1:${port}/`, limits),
  ).rejects.toEqual(refusal('timeout'))
  await expect(
    outboundGuard({ allow: [], resolve: never }).fetch('http://agent.example/', limits),
  ).rejects.toEqual(refusal('timeout'))
})

test('who asked can call it off', async () => {
  const called = new AbortController()
  const { port } = await givenServer(() => called.abort(new Error('enough')))

  await expect(
    outboundGuard({ allow: ['127.0.0.1'] }).fetch(`http://127.0.0.1:${port}/`, {
      signal: called.signal,
    }),
  ).rejects.toThrow('enough')
})
