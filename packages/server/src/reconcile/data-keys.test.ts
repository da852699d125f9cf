import { expect, test } from 'vitest'
import { aesCipher } from '../adapter/cipher/aes-cipher.ts'
import { masterKey, newMasterKey } from '../adapter/cipher/master-key.ts'
import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { presentKey, rotateDataKey, type Vault } from '../domain/secret/data-key.ts'
import { saveSecret } from '../domain/secret/secret-service.ts'
import { globalSecrets, insertSecret, keyOf } from '../domain/secret/secret-store.ts'
import { givenOrg, type Org } from '../testing/given.ts'
import { testDb } from '../testing/test-db.ts'
import { dataKeys } from './data-keys.ts'

const never = new AbortController().signal
const COUNT = 120

async function given() {
  const db = await testDb()
  const org = await givenOrg(db)
  const master = masterKey(newMasterKey()) ?? expect.fail('no key')
  const vault = { db, cipher: aesCipher({ master }) }
  await transact(db, async (tx) => {
    const key = await presentKey(tx, vault.cipher)
    for (let n = 0; n < COUNT; n++) {
      const place = { orgId: org.orgId, workspaceId: null, name: `NAME_${n}` }
      const sealed = { ciphertext: key.seal(place, `value ${n}`), keyVersion: key.version }
      await insertSecret(tx, { ...place, ...sealed, createdBy: 'admin', createdAt: 1 })
    }
  })
  const warnings: object[] = []
  const log = { info() {}, warn: (fields: object) => warnings.push(fields), error() {} }
  const round = () => dataKeys({ vault, orgId: org.orgId, log }).round(never)
  return { db, org, vault, round, warnings }
}

/** The process is killed before its n-th transaction. */
function dyingAt({ db, cipher }: Vault, n: number): Vault {
  let left = n
  const mortal = new Proxy(cipher, {
    get(target, name, receiver) {
      if (name === 'knows' && left-- <= 0) throw new Error('killed')
      return Reflect.get(target, name, receiver)
    },
  })
  return { db, cipher: mortal }
}

async function valuesOf({ db, cipher }: Vault, org: Org) {
  const rows = await globalSecrets(db, org.orgId)
  return new Map(rows.map((row) => [row.name, cipher.unwrap(keyOf(row)).open(row, row.ciphertext)]))
}

const versionsOf = async (db: Db) => {
  const rows = await db.selectFrom('secrets').select('keyVersion').execute()
  return Map.groupBy(rows, (row) => row.keyVersion)
}

const inUse = async (db: Db) =>
  (await db.selectFrom('secretKeys').selectAll().where('retiredAt', 'is', null).execute()).map(
    (key) => key.version,
  )

test.each([1, 2, 3])(
  'a rotation that is killed before batch %i is readable at once, and the controller finishes it',
  async (batch) => {
    const { db, org, vault, round } = await given()
    const before = await valuesOf(vault, org)

    await expect(rotateDataKey(dyingAt(vault, batch), org.admin)).rejects.toThrow('killed')

    const half = await versionsOf(db)
    expect(half.get(2)?.length ?? 0).toBe((batch - 1) * 50)
    expect(await inUse(db)).toEqual([1, 2])
    expect(await valuesOf(vault, org)).toEqual(before)
    await saveSecret(vault, org.admin, null, { key: 'NAME_0', value: 'new' })
    await round()
    expect([...(await versionsOf(db)).keys()]).toEqual([2])
    expect(await inUse(db)).toEqual([2])
    expect(await valuesOf(vault, org)).toEqual(new Map([...before, ['NAME_0', 'new']]))
  },
)

test('the next rotation finishes the one before it', async () => {
  const { db, org, vault } = await given()
  await expect(rotateDataKey(dyingAt(vault, 2), org.admin)).rejects.toThrow('killed')

  const rotated = await rotateDataKey(vault, org.admin)

  expect(rotated).toEqual({ version: 3, reencrypted: COUNT, failed_keys: [] })
  expect(await inUse(db)).toEqual([3])
})

test('two rotations at once lose nothing and leave one key', async () => {
  const { db, org, vault } = await given()
  const before = await valuesOf(vault, org)

  await Promise.all([rotateDataKey(vault, org.admin), rotateDataKey(vault, org.admin)])

  expect(await valuesOf(vault, org)).toEqual(before)
  expect(await inUse(db)).toEqual([3])
})

test('a value that cannot be decrypted is named, keeps its key and holds up no other', async () => {
  const { db, org, vault, round, warnings } = await given()
  await transact(db, (tx) =>
    tx.updateTable('secrets').set({ ciphertext: 'AAAA' }).where('name', '=', 'NAME_7').execute(),
  )

  const rotated = await rotateDataKey(vault, org.admin)
  await round()

  expect(rotated).toEqual({ version: 2, reencrypted: COUNT - 1, failed_keys: ['NAME_7'] })
  expect(await inUse(db)).toEqual([1, 2])
  expect(warnings).toEqual([{ failed_keys: ['NAME_7'] }])
  await saveSecret(vault, org.admin, null, { key: 'NAME_7', value: 'again' })
  await round()
  expect(await inUse(db)).toEqual([2])
})

test('a server that still has the former master key refuses instead of writing what the next start cannot read', async () => {
  const { db, org, vault } = await given()
  const master = masterKey(newMasterKey()) ?? expect.fail('no key')
  const stale = { db, cipher: aesCipher({ master }) }

  const save = saveSecret(stale, org.admin, null, { key: 'NEW', value: 'v' })
  await expect(save).rejects.toMatchObject({ code: 'unavailable' })
  await expect(rotateDataKey(stale, org.admin)).rejects.toMatchObject({ code: 'unavailable' })

  expect(await inUse(db)).toEqual([1])
  expect((await valuesOf(vault, org)).size).toBe(COUNT)
})
