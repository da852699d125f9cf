import type { ErrorCode } from '@molecule/contract/problem'

/** What the number means that `molecule` ends with. */
export const exitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
  conflict: 6,
  timedOut: 124,
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

const ofErrorCode: Record<ErrorCode, ExitCode> = {
  invalid: exitCode.usage,
  unauthenticated: exitCode.refused,
  forbidden: exitCode.refused,
  not_found: exitCode.notFound,
  gone: exitCode.notFound,
  name_taken: exitCode.conflict,
  unknown_parent: exitCode.notFound,
  cycle: exitCode.conflict,
  too_deep: exitCode.conflict,
  unknown_runtime: exitCode.usage,
  no_backend: exitCode.failed,
  confirmation_required: exitCode.usage,
  not_allowed_now: exitCode.conflict,
  self_delegation: exitCode.usage,
  forbidden_pair: exitCode.refused,
  loop_detected: exitCode.conflict,
  unknown_delegation: exitCode.notFound,
  id_taken: exitCode.conflict,
  already_terminal: exitCode.conflict,
  idempotency_key_reused: exitCode.conflict,
  message_id_reused: exitCode.conflict,
  fenced: exitCode.conflict,
  conflict: exitCode.conflict,
  limit_reached: exitCode.conflict,
  rate_limited: exitCode.unreachable,
  url_refused: exitCode.usage,
  too_large: exitCode.usage,
  secrets_unreadable: exitCode.failed,
  route_gone: exitCode.notFound,
  not_available_yet: exitCode.failed,
  unavailable: exitCode.unreachable,
  internal: exitCode.failed,
}

/** A newer server may send a code this program does not know. */
export const exitCodeOf = (code: ErrorCode): ExitCode => ofErrorCode[code] ?? exitCode.failed

export const exitCodeHelp = `Exit codes:
  0    done
  1    the work failed: a task ended failed, stuck or canceled, doctor found a fault, or the audit log is broken
  2    wrong usage
  3    not found
  4    refused: the credential is missing, wrong or not allowed to do this
  5    the server cannot be reached
  6    conflict: a taken name, a task that has ended, a key used for something else
  124  --timeout is over; the work goes on
  130  interrupted; the work goes on`
