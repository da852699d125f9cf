import { createPublicKey, sign, verify } from 'node:crypto'
import type { Bundle, BundleManifest, BundleNode } from '@molecule/contract/bundle'
import { canonicalJson } from '@molecule/contract/canonical-json'
import { sha256 } from '../../lib/sha256.ts'
import { DomainError } from '../error.ts'
import type { SigningKey } from './signing-key.ts'

/** What the manifest counts. */
type Counts = Pick<BundleManifest, 'workspaces' | 'files' | 'redacted'>

/** Over the document without its manifest, and what the manifest counts. */
const digestOf = (bundle: BundleNode, counts: Counts) =>
  sha256(canonicalJson({ bundle, counts } as never))

export function signed(node: BundleNode, counts: Counts, key: SigningKey): Bundle {
  // As a reader will have it: what is undefined is not there.
  const bundle = JSON.parse(JSON.stringify(node)) as BundleNode
  const digest = digestOf(bundle, counts)
  const signature = sign(null, Buffer.from(digest, 'hex'), key.privateKey).toString('base64url')
  const told = { algorithm: 'ed25519', key: key.publicKey, digest, signature, ...counts } as const
  return { ...bundle, manifest: told }
}

/** The key that vouches for what was sent; null where nobody does. Throws for a signature that does not hold. */
export function signerOf(sent: Record<string, unknown>, manifest: BundleManifest | undefined) {
  if (!manifest) return null
  const { manifest: _, ...bundle } = sent
  const { workspaces, files, redacted, digest, key, signature } = manifest
  const counts = { workspaces, files, redacted }
  const isWhole = digestOf(bundle as never, counts) === digest
  if (isWhole && isSigned({ digest, key, signature })) return key
  throw new DomainError('invalid', 'the bundle is not what was signed', {
    hint: 'It was changed after it was exported. Export it again, or remove its manifest if the change is yours.',
    fields: [{ path: 'manifest', message: isWhole ? 'wrong signature' : 'wrong digest' }],
  })
}

function isSigned({
  digest,
  key,
  signature,
}: Pick<BundleManifest, 'digest' | 'key' | 'signature'>) {
  try {
    const publicKey = createPublicKey({
      format: 'jwk',
      key: { kty: 'OKP', crv: 'Ed25519', x: key },
    })
    return verify(null, Buffer.from(digest, 'hex'), publicKey, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}
