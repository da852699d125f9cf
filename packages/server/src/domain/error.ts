import type { ErrorCode, FieldProblem } from '@molecule/contract/problem'

type Details = {
  /** What the caller can do about it. */
  hint?: string
  fields?: FieldProblem[]
  extra?: Record<string, unknown>
}

/** A refusal for the caller to act on. Anything else that is thrown is a bug, and logged. */
export class DomainError extends Error {
  readonly code: ErrorCode
  readonly hint: string
  readonly fields: FieldProblem[] | undefined
  readonly extra: Record<string, unknown> | undefined

  constructor(code: ErrorCode, detail: string, { hint = '', fields, extra }: Details = {}) {
    super(detail)
    this.name = 'DomainError'
    this.code = code
    this.hint = hint
    this.fields = fields
    this.extra = extra
  }
}

export const notFound = (what: string, id: string) =>
  new DomainError('not_found', `${what} ${id} does not exist`, {
    hint: 'List what exists, and check the id.',
  })

export const isFenced = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'fenced'

export const fenced = (detail: string) =>
  new DomainError('fenced', detail, { hint: 'A newer start has taken over; end this work.' })
