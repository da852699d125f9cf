export type RefusedFor =
  | 'not_a_url'
  | 'scheme'
  | 'credentials'
  | 'unresolved'
  | 'address'
  | 'redirect'
  | 'too_large'
  | 'timeout'
  | 'unreachable'

/** An address that is not dialled, or an answer that is not taken. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused'
  readonly reason: RefusedFor
  readonly hint: string

  constructor(reason: RefusedFor, detail: string, hint: string, options?: ErrorOptions) {
    super(detail, options)
    this.reason = reason
    this.hint = hint
  }
}
