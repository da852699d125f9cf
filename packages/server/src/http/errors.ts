import type { ErrorCode, Problem } from '@molecule/contract/problem'
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { DomainError } from '../domain/error.ts'
import type { AppEnv, Services } from './context.ts'
import { RateLimited, setQuotaHeaders } from './limits.ts'

/** How each refusal is told over HTTP; a code without a line here does not compile. */
const httpStatus: Record<ErrorCode, ContentfulStatusCode> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  gone: 410,
  name_taken: 409,
  unknown_parent: 400,
  cycle: 400,
  too_deep: 400,
  unknown_runtime: 400,
  no_backend: 503,
  confirmation_required: 409,
  not_allowed_now: 409,
  self_delegation: 400,
  forbidden_pair: 403,
  already_terminal: 409,
  loop_detected: 409,
  unknown_delegation: 404,
  id_taken: 409,
  idempotency_key_reused: 409,
  message_id_reused: 409,
  fenced: 409,
  conflict: 409,
  limit_reached: 429,
  rate_limited: 429,
  url_refused: 400,
  too_large: 413,
  secrets_unreadable: 500,
  route_gone: 410,
  not_available_yet: 501,
  unavailable: 503,
  internal: 500,
}

export const statusOf = (code: ErrorCode) => httpStatus[code]

const retryable = new Set<ErrorCode>([
  'unavailable',
  'internal',
  'conflict',
  'rate_limited',
  'unknown_delegation',
])

const title = (code: ErrorCode) => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('_', ' ')

export function problemOf(error: DomainError, traceId: string): Problem {
  return {
    type: `urn:molecule:problem:${error.code}`,
    title: title(error.code),
    status: httpStatus[error.code],
    code: error.code,
    detail: error.message,
    hint: error.hint,
    retryable: retryable.has(error.code),
    trace_id: traceId,
    error: error.message,
    ...(error instanceof RateLimited ? { retry_after: error.quota.resetS } : {}),
    ...(error.fields ? { fields: error.fields } : {}),
    ...(error.extra ? { extra: error.extra } : {}),
  }
}

/** A refusal is told as it is; anything else is ours, logged with its trace id and told without internals. */
export const onError =
  ({ log }: Pick<Services, 'log'>) =>
  (error: Error, c: Context<AppEnv>) => {
    const traceId = c.var.traceId
    const refusal = refusalOf(error)
    if (!refusal) log.error({ traceId, error, path: c.req.path }, 'a request failed')
    return reply(c, refusal ?? crash)
  }

function reply(c: Context<AppEnv>, error: DomainError) {
  const problem = problemOf(error, c.var.traceId)
  if (error instanceof RateLimited) {
    setQuotaHeaders(c, error.quota)
    c.header('Retry-After', String(error.quota.resetS))
  }
  return c.json(problem, problem.status as ContentfulStatusCode, {
    'content-type': 'application/problem+json',
  })
}

function refusalOf(error: Error): DomainError | undefined {
  if (error instanceof DomainError) return error
  if (error instanceof HTTPException)
    return new DomainError('invalid', error.message || 'the request cannot be read')
  if (isDatabaseTrouble(error))
    return new DomainError('unavailable', 'the database does not answer', {
      hint: 'Try again in a moment; /readyz says what is wrong.',
    })
  return undefined
}

const connectionCodes = /^(ECONN|EPIPE|ETIMEDOUT|08|57P|53)/
const isDatabaseTrouble = (error: Error) =>
  'code' in error && typeof error.code === 'string' && connectionCodes.test(error.code)

const crash = new DomainError('internal', 'something went wrong on our side', {
  hint: 'The server log has the cause under this trace id.',
})

export const noRoute = (c: Context<AppEnv>) => reply(c, noSuchRoute(c.req))

export const noSuchRoute = ({ method, path }: { method: string; path: string }) =>
  new DomainError('not_found', `there is no ${method} ${path}`, {
    hint: 'See docs/reference/api.md for every route.',
  })
