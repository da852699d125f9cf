import { DatabaseStartError } from '../start-error.ts'

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Another transaction was in the way; the same work may succeed when run again. */
export const isRetryable = (error: unknown) => ['40001', '40P01'].includes(codeOf(error) ?? '')

export const isUniqueViolation = (error: unknown) => codeOf(error) === '23505'

const refusals: Record<string, { detail: string; hint: string }> = {
  '28P01': {
    detail: 'refuses this user and password',
    hint: 'Correct the user and password in DATABASE_URL.',
  },
  '28000': {
    detail: 'does not let this user in from here',
    hint: 'Allow the connection in pg_hba.conf of the server, or correct DATABASE_URL.',
  },
  '3D000': {
    detail: 'has no database of that name',
    hint: 'Create it (createdb), or correct the name at the end of DATABASE_URL.',
  },
  '42501': {
    detail: 'does not give this user the right to use the database',
    hint: 'Grant it: GRANT ALL ON DATABASE … TO …, and on schema public.',
  },
  '53300': {
    detail: 'has no connection left',
    hint: 'Raise max_connections of the server, or stop what holds its connections.',
  },
}

/** What a newcomer can act on, without the password. */
export function explainConnect(error: unknown, place: string): DatabaseStartError {
  const refusal = refusals[codeOf(error) ?? '']
  if (refusal) {
    const detail = `The database server ${place} ${refusal.detail}.`
    return new DatabaseStartError('database_refused', detail, refusal.hint, error)
  }
  return new DatabaseStartError(
    'database_unreachable',
    `The database server ${place} cannot be reached (${reasonOf(error)}).`,
    'Start it, or correct the host and port in DATABASE_URL. Without DATABASE_URL a file is used.',
    error,
  )
}

function reasonOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return codeOf(first) ?? (first instanceof Error ? first.message : String(first))
}
