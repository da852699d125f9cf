import { expect, test } from 'vitest'
import { checkAgentUrl } from './agent-url.ts'
import { deliveryOf } from './external.ts'

test.each(['https://agent.example/a2a', 'http://10.0.0.7:8000', 'HTTPS://AGENT.example'])(
  '%s can be called',
  (url) => expect(checkAgentUrl(url)).toBe(url),
)

test.each([
  ['', 'is missing'],
  ['agent.example', 'is not a complete address'],
  ['ftp://agent.example', 'must begin with http:// or https://'],
  ['javascript:alert(1)', 'must begin with http:// or https://'],
  ['https://user@agent.example', 'must not hold a user name'],
  ['https://:secret@agent.example', 'must not hold a user name'],
  [`https://agent.example/${'x'.repeat(2048)}`, 'is longer than 2048'],
])('LC-28: %s is refused', (url, problem) => {
  expect(() => checkAgentUrl(url)).toThrow(`the url ${problem}`)
})

const called = { deliveryMode: 'push', url: 'https://a.example' } as const

test.each([
  ['an agent asks for its work unless it says otherwise', {}, { deliveryMode: 'poll', url: null }],
  ['what is not said stays as it was', { former: called }, called],
  [
    'a new address is taken, the mode stays',
    { former: called, url: 'https://b.example' },
    { deliveryMode: 'push', url: 'https://b.example' },
  ],
  [
    'it can ask again instead',
    { former: called, mode: 'poll' },
    { deliveryMode: 'poll', url: 'https://a.example' },
  ],
  [
    'an address that is none of the web means that it cannot be called',
    { former: called, url: 'remote://no-inbound' },
    { deliveryMode: 'poll', url: null },
  ],
] as const)('%s', (_, asked, delivery) => {
  expect(deliveryOf(asked)).toEqual(delivery)
})

test('an agent that wants to be called must say where', () => {
  expect(() => deliveryOf({ mode: 'push' })).toThrow('push needs one')
  expect(() => deliveryOf({ mode: 'push', url: 'remote://x' })).toThrow('must begin with http')
})
