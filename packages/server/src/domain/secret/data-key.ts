import type { RotatedKey } from '@molecule/contract/secret'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { signingKeysBefore, updateSigningKey } from '../bundle/signing-key-store.ts'
import { DomainError } from '../error.ts'
import type { Principal } from '../identity/principal.ts'
import { updateWebhookSecret, webhooksBefore } from '../webhook/webhook-store.ts'
import { insertKey, keysInUse, newestKey, retireUnused, updateKey } from './data-key-store.ts'
import type { DataKey, SecretCipher } from './secret-cipher.ts'
import { keyOf, type Sealed, secretsBefore, updateSecret } from './secret-store.ts'

/** Where secrets lie, and what opens them. */
export type Vault = { db: Db; cipher: SecretCipher }

/** How many values one transaction of a rotation encrypts again. */
const BATCH = 50

/** What lies encrypted for long, in pages by id. What is pushed of a task keeps its key until the task goes. */
type Source = {
  before: (
    tx: Tx,
    version: number,
    page: { after: string; limit: number },
  ) => Promise<(Sealed & { id: string })[]>
  update: (tx: Tx, id: string, sealed: Pick<Sealed, 'ciphertext' | 'keyVersion'>) => Promise<void>
}
const sources: readonly Source[] = [
  { before: secretsBefore, update: updateSecret },
  { before: webhooksBefore, update: updateWebhookSecret },
  { before: signingKeysBefore, update: updateSigningKey },
]

/** The key to encrypt a new value under; the first is made when it is first needed. The caller holds the org. */
export async function presentKey(tx: Tx, cipher: SecretCipher): Promise<DataKey> {
  const newest = await newestKey(tx)
  if (newest) {
    checkMaster(cipher, newest.masterId)
    return cipher.unwrap(newest)
  }
  const first = cipher.newKey(1)
  await insertKey(tx, first, await dbNow(tx))
  return cipher.unwrap(first)
}

/** Throws `unavailable` where another server has meanwhile changed the master key. */
export function checkMaster(cipher: SecretCipher, masterId: string): void {
  if (cipher.knows(masterId)) return
  throw new DomainError('unavailable', 'the master key of the secrets was changed meanwhile', {
    hint: `Restart this server with the master key of fingerprint ${masterId}.`,
  })
}

/** A new version, and everything encrypted again under it. What a crash leaves undone, `finishRotation` does. */
export async function rotateDataKey(
  { db, cipher }: Vault,
  principal: Principal,
): Promise<RotatedKey> {
  const version = await transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const before = await newestKey(tx)
    if (before) checkMaster(cipher, before.masterId)
    const key = cipher.newKey((before?.version ?? 0) + 1)
    await insertKey(tx, key, await dbNow(tx))
    await audit(tx, principal, {
      action: 'secret_key.rotate',
      entity: 'secret_key',
      entityId: String(key.version),
      before: before ? { version: before.version } : null,
      after: { version: key.version, master_id: key.masterId },
    })
    return key.version
  })
  return { version, ...(await finishRotation({ db, cipher }, principal.orgId)) }
}

type Progress = Omit<RotatedKey, 'version'>

/** Takes every value to the newest version, a batch at a time, and retires the versions that nothing needs any more. */
export async function finishRotation(
  { db, cipher }: Vault,
  orgId: string,
  signal?: AbortSignal,
): Promise<Progress> {
  const progress: Progress = { reencrypted: 0, failed_keys: [] }
  for (const source of sources)
    for (let after: string | undefined = ''; after !== undefined && !signal?.aborted; ) {
      const page: { orgId: string; after: string } = { orgId, after }
      const batch: Batch = await transact(db, (tx) => reencrypt(tx, cipher, source, page))
      progress.reencrypted += batch.done
      progress.failed_keys.push(...batch.failed)
      after = batch.last
    }
  return progress
}

type Batch = { done: number; failed: string[]; last: string | undefined }

async function reencrypt(
  tx: Tx,
  cipher: SecretCipher,
  source: Source,
  { orgId, after }: { orgId: string; after: string },
): Promise<Batch> {
  await lockRow(tx, 'orgs', orgId)
  const newest = await newestKey(tx)
  if (!newest) return { done: 0, failed: [], last: undefined }
  const rows = await source.before(tx, newest.version, { after, limit: BATCH })
  const failed: string[] = []
  const last = rows.at(-1)?.id
  if (last === undefined) {
    await retireUnused(tx, newest.version, await dbNow(tx))
    return { done: 0, failed, last }
  }
  checkMaster(cipher, newest.masterId)
  const key = cipher.unwrap(newest)
  const open = opener(cipher)
  for (const row of rows) {
    const value = open(row)
    if (value === undefined) failed.push(row.name)
    else
      await source.update(tx, row.id, { ciphertext: key.seal(row, value), keyVersion: key.version })
  }
  return { done: rows.length - failed.length, failed, last }
}

/** Opens rows; undefined for one that was changed, or whose key was, by somebody else than us. Unwraps each key once. */
export function opener(cipher: SecretCipher): (row: Sealed) => string | undefined {
  const keys = new Map<number, DataKey>()
  return (row) => {
    try {
      const key = keys.get(row.keyVersion) ?? cipher.unwrap(keyOf(row))
      keys.set(row.keyVersion, key)
      return key.open(row, row.ciphertext)
    } catch {
      return undefined
    }
  }
}

/** Whether a rotation was begun and not finished. */
export async function isRotating(db: Db): Promise<boolean> {
  return (await keysInUse(db)).length > 1
}

/** Brings every data key under the present master, all or none. Answers how many had another. */
export async function rewrapKeys({ db, cipher }: Vault, principal: Principal): Promise<number> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const keys = await keysInUse(tx)
    const former = keys.filter((key) => key.masterId !== cipher.masterId)
    for (const key of former) await updateKey(tx, cipher.rewrap(key))
    if (former.length > 0)
      await audit(tx, principal, {
        action: 'master_key.change',
        entity: 'master_key',
        entityId: cipher.masterId,
        before: { master_ids: [...new Set(former.map((key) => key.masterId))] },
        after: { master_id: cipher.masterId, data_keys: former.map((key) => key.version) },
      })
    return former.length
  })
}
