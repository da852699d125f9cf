import { expect, test } from 'vitest'
import { clientNetwork, isWithin, parseRange } from './address-range.ts'

const ranges = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'].flatMap(
  (text) => parseRange(text) ?? [],
)

test.each([
  ['10.255.0.1', true],
  ['::ffff:10.1.2.3', true],
  ['192.0.2.7', true],
  ['2001:db8:1::1', true],
  ['11.0.0.1', false],
  ['192.0.2.8', false],
  ['2001:db9::1', false],
  ['', false],
  ['unknown', false],
  ['10.1', false],
  ['012.0.0.1', false],
])('%s is in the ranges: %s', (address, isIn) => {
  expect(isWithin(address, ranges)).toBe(isIn)
})

test.each(['', 'example.com', '10.0.0.0/33', '10/8', '1.2.3', '::1%eth0', '10.0.0.0/'])(
  '%j is no range',
  (text) => {
    expect(parseRange(text)).toBeUndefined()
  },
)

test.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
])('%s comes from %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})
