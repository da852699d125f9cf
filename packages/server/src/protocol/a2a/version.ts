/** The versions of A2A that are spoken here. */
export type Version = '1.0' | '0.3'

/**
 * The version a caller asks for by its `A2A-Version` header: an absent or empty one means 0.3, patch numbers do not matter, and
 * what is not spoken is undefined. Source: A2A 1.0 §3.6.
 */
export function versionOf(header: string | undefined): Version | undefined {
  const asked = header?.trim() ?? ''
  if (asked === '') return '0.3'
  const [, minor] = /^(\d+\.\d+)(?:\.\d+)?$/.exec(asked) ?? []
  return minor === '1.0' || minor === '0.3' ? minor : undefined
}
