import type { FailureClass } from '@molecule/contract/task'
import type { AdapterResult } from '../../adapter.ts'

/** How a turn failed, as the app server tells it. */
export type TurnError = { message: string; codexErrorInfo: unknown }

/** Why it did not bring an answer, and what that asks for. */
export function failureOf({ message, codexErrorInfo }: TurnError): AdapterResult {
  const failure = classOf(codexErrorInfo, message)
  return {
    outcome: 'failed',
    reason: {
      code: codes[failure],
      detail: `Codex ended without an answer: ${message}`.slice(0, 2000),
      hint: hints[failure],
    },
    failure,
  }
}

const byName: Record<string, FailureClass> = {
  unauthorized: 'auth',
  usageLimitExceeded: 'quota',
  rateLimitExceeded: 'quota',
  serverOverloaded: 'transient',
  internalServerError: 'transient',
  httpConnectionFailed: 'transient',
  responseStreamConnectionFailed: 'transient',
  responseStreamDisconnected: 'transient',
  responseTooManyFailedAttempts: 'transient',
}

function classOf(info: unknown, message: string): FailureClass {
  const status = statusIn(info) ?? Number(/\b([45]\d\d)\b/.exec(message)?.[1] ?? 0)
  if (status === 401 || status === 403) return 'auth'
  if (status === 429) return 'quota'
  if (status >= 500) return 'transient'
  if (status >= 400) return 'permanent'
  const name = typeof info === 'string' ? info : Object.keys((info as object | null) ?? {})[0]
  return byName[name ?? ''] ?? 'permanent'
}

function statusIn(info: unknown): number | undefined {
  if (typeof info !== 'object' || info === null) return undefined
  const [told] = Object.values(info) as { httpStatusCode?: unknown }[]
  return typeof told?.httpStatusCode === 'number' ? told.httpStatusCode : undefined
}

const codes: Record<FailureClass, string> = {
  auth: 'model_auth',
  quota: 'model_quota',
  transient: 'model_unreachable',
  permanent: 'agent_failed',
}

const hints: Record<FailureClass, string> = {
  auth: 'Store a good key as a secret of the workspace or the org: OPENAI_API_KEY or CODEX_API_KEY.',
  quota:
    'The limit of the account is used up; the task goes on once it is over. Give the account more, or use another key.',
  transient:
    'The model could not be reached; look at its address (base_url, OPENAI_BASE_URL) and its state.',
  permanent:
    'What it printed says more. Ask in another way, or change what it may do (runtime_config).',
}
