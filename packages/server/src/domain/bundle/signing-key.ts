import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Queryable, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { opener, presentKey, type Vault } from '../secret/data-key.ts'
import type { SecretCipher } from '../secret/secret-cipher.ts'
import { placeOf, sealedSigningKey } from './signing-key-store.ts'

export type SigningKey = { publicKey: string; privateKey: KeyObject }

/** What an org signs with; made when it is first needed. */
export async function signingKey({ db, cipher }: Vault, orgId: string): Promise<SigningKey> {
  const found = await findKey(db, cipher, orgId)
  if (found) return found
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', orgId)
    return (await findKey(tx, cipher, orgId)) ?? makeKey(tx, cipher, orgId)
  })
}

async function findKey(
  db: Queryable,
  cipher: SecretCipher,
  orgId: string,
): Promise<SigningKey | undefined> {
  const row = await sealedSigningKey(db, orgId)
  if (!row) return undefined
  const text = opener(cipher)({ ...row, ...placeOf(row) })
  if (text === undefined)
    throw new DomainError('unavailable', 'the key of bundles cannot be opened', {
      hint: 'Start the server with the master key that it was stored under.',
    })
  return { publicKey: row.publicKey, privateKey: createPrivateKey(text) }
}

async function makeKey(tx: Tx, cipher: SecretCipher, orgId: string): Promise<SigningKey> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const told = publicKey.export({ format: 'jwk' }).x ?? ''
  const key = await presentKey(tx, cipher)
  const text = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  await tx
    .insertInto('signingKeys')
    .values({
      id: randomUUID(),
      orgId,
      publicKey: told,
      ciphertext: key.seal(placeOf({ orgId }), text),
      keyVersion: key.version,
      createdAt: await dbNow(tx),
    })
    .execute()
  return { publicKey: told, privateKey }
}
