import { createHash } from 'node:crypto'

/** Of a text in UTF-8, in lower-case hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
