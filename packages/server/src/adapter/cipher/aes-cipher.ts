import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto'
import type {
  DataKey,
  SecretCipher,
  SecretPlace,
  WrappedKey,
} from '../../domain/secret/secret-cipher.ts'
import type { MasterKey } from './master-key.ts'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** AES-256-GCM: a data key encrypts values, the master key encrypts data keys. `former` masters can only be read with. */
export function aesCipher({
  master,
  former = [],
}: {
  master: MasterKey
  former?: readonly MasterKey[]
}): SecretCipher {
  const masters = new Map([...former, master].map(({ id, key }) => [id, key]))
  const wrap = (version: number, bytes: Buffer): WrappedKey => ({
    version,
    wrapped: encrypt(master.key, bindingOfKey(version), bytes),
    masterId: master.id,
  })
  const bytesOf = ({ version, wrapped, masterId }: WrappedKey): Buffer => {
    const key = masters.get(masterId)
    if (!key) throw new Error(`the master key ${masterId} is not known`)
    return decrypt(key, bindingOfKey(version), wrapped)
  }
  return {
    masterId: master.id,
    knows: (masterId) => masters.has(masterId),
    newKey: (version) => wrap(version, randomBytes(KEY_BYTES)),
    rewrap: (key) => wrap(key.version, bytesOf(key)),
    unwrap: (key) => dataKey(key.version, createSecretKey(bytesOf(key))),
  }
}

function dataKey(version: number, key: KeyObject): DataKey {
  return {
    version,
    seal: (place, value) =>
      encrypt(key, bindingOfValue(place, version), Buffer.from(value, 'utf8')),
    open: (place, ciphertext) =>
      decrypt(key, bindingOfValue(place, version), ciphertext).toString('utf8'),
  }
}

/** JSON keeps the parts apart, so that no two places have the same binding. */
const bindingOfValue = ({ orgId, workspaceId, name }: SecretPlace, version: number) =>
  JSON.stringify(['secret', orgId, workspaceId, name, version])
const bindingOfKey = (version: number) => JSON.stringify(['data key', version])

/** Base64 of nonce, ciphertext and tag. `binding` is not stored: it must be the same again to decrypt. */
function encrypt(key: KeyObject, binding: string, plain: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(binding, 'utf8'))
  const parts = [nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(parts).toString('base64')
}

function decrypt(key: KeyObject, binding: string, sealed: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64')
  if (bytes.byteLength < NONCE_BYTES + TAG_BYTES) throw new Error('the ciphertext is cut off')
  const end = bytes.byteLength - TAG_BYTES
  const nonce = bytes.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(binding, 'utf8'))
  decipher.setAuthTag(bytes.subarray(end))
  return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()])
}
