import { expect, test } from 'vitest'
import { parseRange } from '../lib/address-range.ts'
import { clientAddress } from './client-address.ts'

const from = (holder: string, forwarded: string | undefined, trusted: string[]) =>
  clientAddress(trusted.flatMap((entry) => parseRange(entry) ?? []))({
    socket: { remoteAddress: holder } as never,
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  })

test.each([
  ['nobody is trusted', '198.51.100.1', '203.0.113.9', [], '198.51.100.1'],
  ['a stranger sends it', '198.51.100.1', '203.0.113.9', ['10.0.0.0/8'], '198.51.100.1'],
  ['the proxy adds it', '10.0.0.1', '203.0.113.9', ['10.0.0.0/8'], '203.0.113.9'],
  ['the proxy says nothing', '10.0.0.1', undefined, ['10.0.0.0/8'], '10.0.0.1'],
  [
    'the caller wrote some itself',
    '10.0.0.1',
    '127.0.0.1, 203.0.113.9',
    ['10.0.0.0/8'],
    '203.0.113.9',
  ],
  [
    'two proxies add it',
    '10.0.0.1',
    '1.1.1.1,203.0.113.9, 10.0.0.2',
    ['10.0.0.0/8'],
    '203.0.113.9',
  ],
  ['it all comes from inside', '10.0.0.1', '10.0.0.3,10.0.0.2', ['10.0.0.0/8'], '10.0.0.3'],
  ['it holds nonsense', '10.0.0.1', '203.0.113.9, unknown', ['10.0.0.0/8'], '10.0.0.1'],
  ['it holds a port', '10.0.0.1', '203.0.113.9:4711', ['10.0.0.1'], '203.0.113.9'],
  ['it holds IPv6 and a port', '::1', '[2001:db8::1]:4711', ['::1'], '2001:db8::1'],
  ['the server listens on IPv6', '::ffff:10.0.0.1', '203.0.113.9', ['10.0.0.1'], '203.0.113.9'],
])('CM-70: X-Forwarded-For, when %s', (_, holder, forwarded, trusted, wanted) => {
  expect(from(holder, forwarded, trusted)).toBe(wanted)
})
