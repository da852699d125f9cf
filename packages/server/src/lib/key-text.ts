const KEY_BYTES = 32
const base64 = /^[A-Za-z0-9+/]{43}=$/
const raw = /^[\x21-\x7e]{32}$/

export const isKeyText = (text: string): boolean => keyBytes(text) !== undefined

/** The 32 bytes of a key that is written as base64, or as 32 characters; undefined when it is neither. */
export function keyBytes(text: string): Buffer | undefined {
  if (raw.test(text)) return Buffer.from(text, 'ascii')
  const bytes = base64.test(text) ? Buffer.from(text, 'base64') : undefined
  return bytes?.byteLength === KEY_BYTES ? bytes : undefined
}
