import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { keysInUse } from '../domain/secret/data-key-store.ts'
import { saveSecret } from '../domain/secret/secret-service.ts'
import { globalSecrets, keyOf } from '../domain/secret/secret-store.ts'
import { Secret } from '../lib/secret.ts'
import { givenOrg, type Org } from '../testing/given.ts'
import { testDb } from '../testing/test-db.ts'
import { openMasterKey } from './master-key.ts'
import { StartError } from './start-error.ts'

const keyA = 'a'.repeat(32)
const keyB = Buffer.alloc(32, 66).toString('base64')

async function givenInstallation() {
  const db = await testDb()
  const org = await givenOrg(db)
  const dataDir = await mkdtemp(join(tmpdir(), 'molecule-master-key-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const file = join(dataDir, 'secrets-key')
  const start = (given?: string, previous?: string) =>
    openMasterKey(db, {
      dataDir,
      orgId: org.orgId,
      given: given === undefined ? undefined : new Secret(given),
      previous: previous === undefined ? undefined : new Secret(previous),
    })
  return { db, org, dataDir, file, start }
}

type Cipher = Awaited<ReturnType<typeof openMasterKey>>

const save = (db: Db, org: Org, cipher: Cipher) =>
  saveSecret({ db, cipher }, org.admin, null, { key: 'API_KEY', value: 'value' })

async function readBack(db: Db, org: Org, cipher: Cipher) {
  const [row] = await globalSecrets(db, org.orgId)
  if (!row) return expect.fail('the secret is gone')
  return cipher.unwrap(keyOf(row)).open(row, row.ciphertext)
}

const refusalOf = async (start: Promise<unknown>) => {
  const error = await start.then(
    () => expect.fail('it started'),
    (error: unknown) => error,
  )
  return error instanceof StartError ? error : expect.fail(String(error))
}

test('without a setting a key is made once, readable by its owner only', async () => {
  const { start, file } = await givenInstallation()

  const first = await start()
  const second = await start()

  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readFile(file, 'utf8')).toMatch(/^[A-Za-z0-9+/]{43}=\n$/)
  expect(second.masterId).toBe(first.masterId)
})

test('a start that was cut short leaves a key that the next start takes', async () => {
  const { db, org, start, dataDir } = await givenInstallation()
  await writeFile(join(dataDir, 'secrets-key.99.tmp'), 'half')

  const cipher = await start()
  await save(db, org, cipher)

  expect(await readBack(db, org, await start())).toBe('value')
  expect(await readdir(dataDir)).toContain('secrets-key')
})

test('a given key makes no file', async () => {
  const { db, org, start, dataDir } = await givenInstallation()

  await save(db, org, await start(keyA))

  expect(await readdir(dataDir)).toEqual([])
  expect(await readBack(db, org, await start(keyA))).toBe('value')
})

test('a missing or wrong master key stops the start and names the one that is wanted', async () => {
  const { db, org, start, file } = await givenInstallation()
  const { masterId } = await start(keyA)
  await save(db, org, await start(keyA))

  const missing = await refusalOf(start())
  const wrong = await refusalOf(start(keyB))

  for (const { message, hint } of [missing, wrong]) {
    expect(message).toContain(`the fingerprint ${masterId}`)
    expect(message).toContain(`there is no file ${file}`)
    expect(hint).toContain('SECRETS_ENCRYPTION_KEY_PREVIOUS')
    expect(`${message}${hint}`).not.toContain(keyA)
    expect(`${message}${hint}`).not.toContain(keyB)
  }
  expect(missing.message).toContain('SECRETS_ENCRYPTION_KEY is not set')
  expect(wrong.message).toMatch(/SECRETS_ENCRYPTION_KEY has the fingerprint [0-9a-f]{16}/)
  await expect(stat(file)).rejects.toThrow('ENOENT')
  expect(await readBack(db, org, await start(keyA))).toBe('value')
})

test('the previous key is replaced in one start and not needed afterwards', async () => {
  const { db, org, start } = await givenInstallation()
  await save(db, org, await start(keyA))

  await start(keyB, keyA)

  const cipher = await start(keyB)
  expect(await readBack(db, org, cipher)).toBe('value')
  expect((await keysInUse(db)).map((key) => key.masterId)).toEqual([cipher.masterId])
  await refusalOf(start(keyA))
  const audits = await db.selectFrom('audit').selectAll().orderBy('seq').execute()
  expect(audits.at(-1)).toMatchObject({ actor: 'system', action: 'master_key.change' })
})

test('moving from the file to the environment needs the new key alone, and back the previous one', async () => {
  const { db, org, start, file } = await givenInstallation()
  await save(db, org, await start())

  const moved = await start(keyA)
  await rm(file)
  expect(await readBack(db, org, await start(keyA))).toBe('value')

  const back = await start(undefined, keyA)
  expect(await readBack(db, org, await start())).toBe('value')
  expect(back.masterId).not.toBe(moved.masterId)
})

test('a data key that was changed in the database is not lost on the way to another master', async () => {
  const { db, org, start } = await givenInstallation()
  await save(db, org, await start(keyA))
  const other = (await start(keyA)).newKey(1)
  await transact(db, (tx) =>
    tx
      .updateTable('secretKeys')
      .set({ wrapped: `AAAA${other.wrapped.slice(4)}` })
      .execute(),
  )
  const before = await keysInUse(db)

  const { message } = await refusalOf(start(keyB, keyA))

  expect(message).toContain('A data key of the secrets was changed')
  expect(await keysInUse(db)).toEqual(before)
})

test('a key file that holds something else stops the start and stays as it is', async () => {
  const { start, file } = await givenInstallation()
  await writeFile(file, 'garbage')
  await chmod(file, 0o600)

  const { message, hint } = await refusalOf(start())

  expect(message).toBe(`The file ${file} does not hold a master key: 32 bytes in base64.`)
  expect(hint).toContain('backup')
  expect(await readFile(file, 'utf8')).toBe('garbage')
})
