import { join } from 'node:path'
import { aesCipher } from '../adapter/cipher/aes-cipher.ts'
import { type MasterKey, masterKey, newMasterKey } from '../adapter/cipher/master-key.ts'
import type { Db } from '../db/tables.ts'
import { rewrapKeys } from '../domain/secret/data-key.ts'
import { keysInUse } from '../domain/secret/data-key-store.ts'
import type { SecretCipher } from '../domain/secret/secret-cipher.ts'
import { Secret } from '../lib/secret.ts'
import { StartError } from './start-error.ts'
import { readIfThere, replaceFile } from './whole-file.ts'

type Options = {
  dataDir: string
  orgId: string
  given: Secret | undefined
  previous: Secret | undefined
}

/**
 * The cipher of this installation. Its master key is the operator's, else the one of the data folder, else a fresh one that
 * is put there. Data keys under a former master that is known come under the present one; an unknown one stops the start.
 */
export async function openMasterKey(
  db: Db,
  { dataDir, orgId, given, previous }: Options,
): Promise<SecretCipher> {
  const file = join(dataDir, 'secrets-key')
  const kept = await readKeyFile(file)
  const known = [given && masterKey(given), kept, previous && masterKey(previous)].filter(
    (each) => each !== undefined,
  )
  const wanted = new Set((await keysInUse(db)).map((key) => key.masterId))
  for (const { id } of known) wanted.delete(id)
  if (wanted.size > 0) throw masterMissing([...wanted], { given, kept, file })
  const master = (given && masterKey(given)) ?? kept ?? (await makeKeyFile(file))
  const cipher = aesCipher({ master, former: known })
  await rewrapKeys({ db, cipher }, { kind: 'system', orgId }).catch((error: unknown) => {
    throw isUnreadable(error) ? dataKeyBroken() : error
  })
  return cipher
}

async function readKeyFile(file: string): Promise<MasterKey | undefined> {
  const text = (await readIfThere(file))?.trim()
  if (text === undefined) return undefined
  const key = masterKey(new Secret(text))
  if (key) return key
  throw new StartError(
    `The file ${file} does not hold a master key: 32 bytes in base64.`,
    'Restore it from a backup; without it the secrets cannot be read.',
  )
}

/** On disk before anything is encrypted under it. */
async function makeKeyFile(file: string): Promise<MasterKey> {
  const text = newMasterKey()
  const key = masterKey(text)
  if (!key) throw new TypeError('a fresh master key has another shape than it must')
  await replaceFile(file, `${text.reveal()}\n`)
  return key
}

type Found = { given: Secret | undefined; kept: MasterKey | undefined; file: string }

function masterMissing(ids: string[], { given, kept, file }: Found): StartError {
  const tried = [
    given
      ? `SECRETS_ENCRYPTION_KEY has the fingerprint ${masterKey(given)?.id}`
      : 'SECRETS_ENCRYPTION_KEY is not set',
    kept ? `${file} has ${kept.id}` : `there is no file ${file}`,
  ]
  return new StartError(
    `The secrets in the database are encrypted under the master key with the fingerprint ${ids.join(' and ')}, which is not here: ${tried.join(', ')}.`,
    'Set SECRETS_ENCRYPTION_KEY to that key, or restore the file. To change the key, set the new one as SECRETS_ENCRYPTION_KEY and that one as SECRETS_ENCRYPTION_KEY_PREVIOUS for one start. See docs/guides/secrets.md.',
  )
}

/** What the cipher throws for bytes that were changed. */
const isUnreadable = (error: unknown) =>
  error instanceof Error && /unable to authenticate|cut off/.test(error.message)

const dataKeyBroken = () =>
  new StartError(
    'A data key of the secrets was changed in the database and cannot be brought under the new master key.',
    'Restore the table secret_keys from a backup.',
  )
