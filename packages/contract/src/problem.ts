import { z } from 'zod'

/** Every reason a request can be refused for. Each protocol says in its own table how to tell it. */
export const errorCodes = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'gone',
  'name_taken',
  'unknown_parent',
  'cycle',
  'too_deep',
  'unknown_runtime',
  'no_backend',
  'confirmation_required',
  'not_allowed_now',
  'self_delegation',
  'forbidden_pair',
  'already_terminal',
  'loop_detected',
  'unknown_delegation',
  'id_taken',
  'idempotency_key_reused',
  'message_id_reused',
  'fenced',
  'conflict',
  'limit_reached',
  'rate_limited',
  'url_refused',
  'too_large',
  'secrets_unreadable',
  'route_gone',
  'not_available_yet',
  'unavailable',
  'internal',
] as const
export const ErrorCode = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof ErrorCode>

export const FieldProblem = z.object({ path: z.string(), message: z.string() })
export type FieldProblem = z.infer<typeof FieldProblem>

/** Problem details of RFC 9457, plus `error` for clients of the older shape. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: ErrorCode,
  detail: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  trace_id: z.string(),
  error: z.string(),
  /** Seconds until the limit that refused this lets it pass. */
  retry_after: z.number().int().optional(),
  fields: z.array(FieldProblem).optional(),
  /** Facts that help to act on it: an existing id, a suggested name, allowed values. */
  extra: z.record(z.string(), z.unknown()).optional(),
})
export type Problem = z.infer<typeof Problem>
