import { createHash, randomBytes } from 'node:crypto'

const PREFIX_LENGTH = 12

/** A fresh bearer token of 256 random bits: `mol_<kind>_…`. */
export const newToken = (kind: string): string =>
  `mol_${kind}_${randomBytes(32).toString('base64url')}`

/** Has the form of a token made here: what has it holds too many random bits to be guessed. */
export const isOurForm = (token: string): boolean => /^mol_[a-z_]{1,20}_[\w-]{43}$/.test(token)

/** What is stored of a token: it cannot be turned back. */
export const hashToken = (token: string): string =>
  createHash('sha256').update(token).digest('base64url')

/** Enough of a token to recognise it by, too little to use it. */
export const tokenPrefix = (token: string): string => token.slice(0, PREFIX_LENGTH)

/** Hash of anything that JSON can say, for telling a replay from a different request. */
export const hashRequest = (request: unknown): string =>
  createHash('sha256').update(JSON.stringify(request)).digest('base64url')
