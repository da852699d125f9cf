export type DatabaseStartCode =
  | 'database_url_invalid'
  | 'database_folder_unwritable'
  | 'database_unreadable'
  | 'database_locked'
  | 'database_unreachable'
  | 'database_refused'
  | 'database_unsupported'
  | 'database_newer'
  | 'database_changed'
  | 'migration_failed'

/** The database cannot be used: what is wrong and what to do about it, fit to be shown. */
export class DatabaseStartError extends Error {
  override readonly name = 'DatabaseStartError'
  readonly code: DatabaseStartCode
  readonly hint: string

  constructor(code: DatabaseStartCode, detail: string, hint: string, cause?: unknown) {
    super(detail, { cause })
    this.code = code
    this.hint = hint
  }
}
