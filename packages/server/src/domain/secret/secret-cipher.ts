import type { SecretKeyRow, SecretRow } from '../../db/tables.ts'

/** Where a value belongs. What is encrypted for one place opens at no other. */
export type SecretPlace = Pick<SecretRow, 'orgId' | 'workspaceId' | 'name'>

/** A data key as the database holds it: encrypted under the master key. */
export type WrappedKey = Pick<SecretKeyRow, 'version' | 'wrapped' | 'masterId'>

/** Holds the master key. Every method throws when what it is given was changed or is not of a master it knows. */
export interface SecretCipher {
  /** Fingerprint of the master key; tells nothing of the key. */
  readonly masterId: string
  /** Whether it can unwrap keys of that master: the present one, or one it replaces. */
  knows(masterId: string): boolean
  newKey(version: number): WrappedKey
  /** The same data key under the present master. */
  rewrap(key: WrappedKey): WrappedKey
  unwrap(key: WrappedKey): DataKey
}

export interface DataKey {
  readonly version: number
  seal(place: SecretPlace, value: string): string
  open(place: SecretPlace, ciphertext: string): string
}
