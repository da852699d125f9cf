import { createHash, randomBytes } from 'node:crypto'

const SHOWN = 6

/** A fresh bearer token of 256 random bits: `mol_<kind>_…`, the kind without underscores, so that it ends at the second. */
export const newToken = (kind: string): string =>
  `mol_${kind.replaceAll('_', '')}_${randomBytes(32).toString('base64url')}`

/** Has the form of a token made here: what has it holds too many random bits to be guessed. */
export const isOurForm = (token: string): boolean => /^mol_[a-z_]{1,20}_[\w-]{43}$/.test(token)

/** What is stored of a token: it cannot be turned back. */
export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url')

/**
 * Enough of a token to recognise it by, too little to use it: its kind and the first characters that are its own; of a
 * short one that somebody made up, never more than a quarter.
 */
export function tokenPrefix(token: string): string {
  const kind = /^mol_[a-z]+_/.exec(token)?.[0] ?? ''
  const own = token.length - kind.length
  return token.slice(0, kind.length + Math.min(SHOWN, Math.floor(own / 4)))
}

/** Hash of anything that JSON can say, for telling a replay from a different request. */
export const hashRequest = (request: unknown): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url')
