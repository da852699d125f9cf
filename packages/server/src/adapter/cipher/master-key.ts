import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { keyBytes } from '../../lib/key-text.ts'
import { Secret } from '../../lib/secret.ts'

/** A key object shows nothing of its bytes, however it is printed. */
export type MasterKey = { id: string; key: KeyObject }

const ID_LENGTH = 16

/** Undefined when the text is neither 32 bytes in base64 nor 32 characters. */
export function masterKey(text: Secret): MasterKey | undefined {
  const bytes = keyBytes(text.reveal())
  if (!bytes) return undefined
  const key = createSecretKey(bytes)
  const id = createHmac('sha256', key).update('molecule master key').digest('hex')
  return { id: id.slice(0, ID_LENGTH), key }
}

export const newMasterKey = (): Secret => new Secret(randomBytes(32).toString('base64'))
