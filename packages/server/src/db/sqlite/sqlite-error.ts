/** Primary result codes of SQLite. */
const codes = { busy: 5, ioError: 10, corrupt: 11, cannotOpen: 14, notADatabase: 26 } as const
const uniqueViolations: ReadonlySet<number> = new Set([1555, 2067, 2579])

function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}

const isOneOf = (error: unknown, ...expected: number[]): boolean => {
  const code = resultCode(error)
  return code !== undefined && expected.includes(code & 0xff)
}

export const isFatal = (error: unknown) =>
  isOneOf(error, codes.ioError, codes.corrupt, codes.notADatabase)

export const isBusy = (error: unknown) => isOneOf(error, codes.busy)

export const isUniqueViolation = (error: unknown): boolean =>
  uniqueViolations.has(resultCode(error) ?? 0)
