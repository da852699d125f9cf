import type { FailureClass } from '@molecule/contract/task'
import type { AdapterResult } from '../../adapter.ts'
import { cliFailure } from '../cli-failure.ts'

/** How a turn failed, as the app server tells it. */
export type TurnError = { message: string; codexErrorInfo: unknown }

const cli = {
  title: 'Codex',
  keys: 'OPENAI_API_KEY or CODEX_API_KEY',
  address: 'base_url, OPENAI_BASE_URL',
}

/** Why it did not bring an answer, and what that asks for. */
export function failureOf({ message, codexErrorInfo }: TurnError): AdapterResult {
  const failure = classOf(codexErrorInfo, message)
  return cliFailure(cli, { failure, why: message })
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
