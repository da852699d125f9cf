const sampleWords =
  /example|sample|dummy|placeholder|fake|redacted|change-?me|replace-?me|insert|your[-_]|xxxx|\*\*\*|\.\.\.|0123456789|1234567890|abcdefgh/i
const repeated = /(.)\1{5,}/
const minEntropyBits = 2.8

/** Shannon entropy, in bits per character. */
function entropy(value: string): number {
  const counts = new Map<string, number>()
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1)
  let bits = 0
  for (const n of counts.values()) bits -= (n / value.length) * Math.log2(n / value.length)
  return bits
}

/** Has the shape of a credential, but is one nobody was ever given. */
export function isPlaceholder(value: string): boolean {
  return sampleWords.test(value) || repeated.test(value) || entropy(value) < minEntropyBits
}

const reference = /[$<>{}()[\]|]|^%|%$|:\/\/|^[./~@#]|^(?:sha\d+|md5)[-:]/
const dottedName = /^[a-z_$][\w$]*(?:\.[a-z_$][\w$]*)+$/i
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const nameOnly = /^[A-Za-z_.-]+$/
const genericWords = /test|todo|none|null|undefined|secret|password|localhost|default|foobar/i
const letterRun = /[A-Z]?[a-z]{3,}|[A-Z]{4,}(?![a-z])/g
const pronounceable = /^(?!.*[^aeiouy]{4}).*[aeiouy]/i
const readableShare = 0.6
const hex = /^[0-9a-f]{32,}$/i
const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]

/** Stands for a value, names one, or is read by people. */
function isReadable(value: string): boolean {
  if (reference.test(value) || dottedName.test(value) || uuid.test(value)) return true
  if (genericWords.test(value) || nameOnly.test(value)) return true
  const words = (value.match(letterRun) ?? []).filter((run) => pronounceable.test(run))
  const inWords = words.join('').length
  return inWords / value.length >= readableShare
}

/** A value nobody would choose for anything but a credential. */
export function looksRandom(value: string): boolean {
  if (isPlaceholder(value) || isReadable(value)) return false
  if (hex.test(value)) return entropy(value) >= 3
  const kinds = classes.filter((kind) => kind.test(value)).length
  if (kinds >= 3 && value.length >= 10) return entropy(value) >= 3.1
  return kinds === 2 && value.length >= 20 && /\d/.test(value) && entropy(value) >= 3.6
}
