import { inspect } from 'node:util'
import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { Secret } from '../../lib/secret.ts'
import { aesCipher } from './aes-cipher.ts'
import { type MasterKey, masterKey, newMasterKey } from './master-key.ts'

const givenMaster = (text = newMasterKey()): MasterKey =>
  masterKey(text) ?? expect.fail('this is no master key')

const place = { orgId: 'org', workspaceId: 'ws' as WorkspaceId, name: 'API_KEY' }

test('what is sealed opens again, and looks different each time', () => {
  const cipher = aesCipher({ master: givenMaster() })
  const key = cipher.unwrap(cipher.newKey(1))

  const [a, b] = [key.seal(place, 'naïve 🥊'), key.seal(place, 'naïve 🥊')]

  expect(key.open(place, a)).toBe('naïve 🥊')
  expect(key.open(place, b)).toBe('naïve 🥊')
  expect(a).not.toBe(b)
  expect(Buffer.from(a, 'base64').subarray(0, 12)).not.toEqual(
    Buffer.from(b, 'base64').subarray(0, 12),
  )
})

test.each([
  ['another org', { ...place, orgId: 'other' }],
  ['another workspace', { ...place, workspaceId: 'other' as WorkspaceId }],
  ['the whole org', { ...place, workspaceId: null }],
  ['another name', { ...place, name: 'OTHER' }],
])('CM-75: a value that is moved to %s does not open', (_, other) => {
  const cipher = aesCipher({ master: givenMaster() })
  const key = cipher.unwrap(cipher.newKey(1))

  const sealed = key.seal(place, 'value')

  expect(() => key.open(other, sealed)).toThrow('unable to authenticate')
})

test('a value does not open under another version, even of the same key', () => {
  const master = givenMaster()
  const cipher = aesCipher({ master })
  const first = cipher.newKey(1)
  const sealed = cipher.unwrap(first).seal(place, 'value')

  expect(() => cipher.unwrap(cipher.newKey(2)).open(place, sealed)).toThrow()
  expect(() => cipher.unwrap({ ...first, version: 2 })).toThrow('unable to authenticate')
})

test('every changed byte of a ciphertext is noticed, and a part of it is none', () => {
  const cipher = aesCipher({ master: givenMaster() })
  const key = cipher.unwrap(cipher.newKey(1))
  const bytes = Buffer.from(key.seal(place, 'value'), 'base64')

  for (const at of bytes.keys()) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => key.open(place, changed.toString('base64'))).toThrow()
  }
  expect(() => key.open(place, bytes.subarray(0, 20).toString('base64'))).toThrow('cut off')
})

test('a data key opens under its own master only, and under the next once it is wrapped again', () => {
  const [old, next] = [givenMaster(), givenMaster()]
  const before = aesCipher({ master: old })
  const wrapped = before.newKey(1)
  const sealed = before.unwrap(wrapped).seal(place, 'value')

  const moving = aesCipher({ master: next, former: [old] })
  const rewrapped = moving.rewrap(wrapped)
  const after = aesCipher({ master: next })

  expect(() => after.unwrap(wrapped)).toThrow(`the master key ${old.id} is not known`)
  expect(rewrapped.masterId).toBe(next.id)
  expect(after.unwrap(rewrapped).open(place, sealed)).toBe('value')
  expect([after.knows(old.id), moving.knows(old.id), moving.masterId]).toEqual([
    false,
    true,
    next.id,
  ])
})

test('a master key is 32 bytes in base64 or 32 characters, and shows none of them', () => {
  const raw = 'x'.repeat(31)
  const base64 = Buffer.alloc(32, 7).toString('base64')

  const texts = [base64, `${raw}y`, raw, `${raw}yz`, base64.slice(0, -1), `${base64}=`, `${raw}é`]
  const keys = texts.map((text) => masterKey(new Secret(text)))

  expect(keys.map((key) => key !== undefined)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ])
  expect(`${inspect(keys[0])}${JSON.stringify(keys[0])}`).not.toContain(base64)
  expect(keys[0]?.id).toMatch(/^[0-9a-f]{16}$/)
  expect(keys[0]?.id).toBe(masterKey(new Secret(base64))?.id)
  expect(keys[0]?.id).not.toBe(keys[1]?.id)
})
