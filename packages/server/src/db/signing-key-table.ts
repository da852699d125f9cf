import type { Fixed, Milliseconds } from './column.ts'

export interface SigningKeyTable {
  id: Fixed<string>
  orgId: Fixed<string>
  /** Raw, in base64url. */
  publicKey: Fixed<string>
  /** The private key, as PKCS 8 in PEM. */
  ciphertext: string
  keyVersion: number
  createdAt: Fixed<Milliseconds>
}
