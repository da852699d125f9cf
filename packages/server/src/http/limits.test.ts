import { expect, test } from 'vitest'
import type { Principal } from '../domain/identity/principal.ts'
import { newToken } from '../lib/token.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { limits } from './limits.ts'

const host = { kind: 'host', credentialId: 'h' } as unknown as Principal
const refused = expect.objectContaining({ code: 'rate_limited' })
const stranger = { token: undefined, address: '192.0.2.1' }

test('an address without a credential is counted by the minute', async () => {
  const clock = fakeClock()
  const { count } = limits(clock, 2)

  expect(count(stranger)).toMatchObject({ limit: 2, remaining: 1, resetS: 60 })
  await clock.advance(15_000)
  expect(count(stranger)).toMatchObject({ limit: 2, remaining: 0, resetS: 45 })
  expect(() => count(stranger)).toThrow(refused)
  expect(count({ ...stranger, address: '192.0.2.2' })).toMatchObject({ remaining: 1 })
  await clock.advance(45_000)
  expect(count(stranger)).toMatchObject({ remaining: 1 })
})

test('RD-33: CM-70: who shares an address is counted by credential, a host more generously', () => {
  const { count, remember } = limits(fakeClock(), 1)
  const asking = (token: string) => ({ token, address: '192.0.2.1' })
  remember('a', { kind: 'org_token', credentialId: 'a' } as unknown as Principal)
  remember('h', host)

  count(asking('a'))

  expect(() => count(asking('a'))).toThrow(refused)
  expect(count(asking('h'))).toMatchObject({ limit: 20, remaining: 19 })
  expect(count(asking('unknown'))).toMatchObject({ limit: 1, remaining: 0 })
})

test('made-up credentials wait for the next minute, those that were good before do not', async () => {
  const clock = fakeClock()
  const { guessed, checkGuesses, remember, forget } = limits(clock, 1000)
  remember('good', host)
  const asking = (token: string, address = '192.0.2.1') => ({ token, address })
  for (let n = 0; n < 60; n++) {
    checkGuesses(asking(`guess ${n}`))
    guessed(asking(`guess ${n}`))
  }

  expect(() => checkGuesses(asking('one more'))).toThrow(refused)
  checkGuesses(asking('good'))
  checkGuesses(asking('one more', '192.0.2.2'))
  checkGuesses(asking(newToken('boot')))
  forget('good')
  expect(() => checkGuesses(asking('good'))).toThrow(refused)
  await clock.advance(60_000)
  checkGuesses(asking('one more'))
})

test('no flood of addresses takes the memory: the oldest are forgotten', () => {
  const { count } = limits(fakeClock(), 1)
  count(stranger)

  for (let n = 0; n < 10_000; n++)
    count({ token: undefined, address: `10.0.${Math.floor(n / 256)}.${n % 256}` })

  expect(count(stranger)).toMatchObject({ remaining: 0 })
  expect(() => count({ token: undefined, address: '10.0.39.15' })).toThrow(refused)
})
