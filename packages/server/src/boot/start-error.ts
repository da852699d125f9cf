/** Why the server cannot start, in words for who started it, and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}
