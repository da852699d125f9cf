/**
 * Canonical JSON (RFC 8785): the same text for the same value, whoever writes it, so that a hash of it can be taken again
 * elsewhere. Members without a value are left out; what JSON cannot say is refused.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) return canonicalObject(value)
  // RFC 8785 writes numbers and strings as ECMAScript does.
  const isSayable = typeof value !== 'number' || Number.isFinite(value)
  const text = isSayable ? JSON.stringify(value) : undefined
  if (text === undefined) throw new TypeError(`JSON has no word for ${String(value)}`)
  return text
}

/** Members in the order of their names, by UTF-16 code unit. */
function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonicalJson(each)}`)
  return `{${members.join(',')}}`
}

/** What a text says, or nothing when it is not JSON in its canonical form. */
export function parseCanonical(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return canonicalJson(value) === text ? { value } : undefined
  } catch {
    return undefined
  }
}
