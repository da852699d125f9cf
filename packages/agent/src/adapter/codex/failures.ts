import type { FailureClass } from '@molecule/contract/task'
import type { AdapterResult } from '../../adapter.ts'
import { cliFailure } from '../cli-failure.ts'
import { classOf } from '../failure-class.ts'

/** How a turn failed, as the app server tells it. */
export type TurnError = { message: string; codexErrorInfo: unknown }

const cli = {
  title: 'Codex',
  keys: 'OPENAI_API_KEY or CODEX_API_KEY',
  address: 'base_url, OPENAI_BASE_URL',
}

/** Why it did not bring an answer, and what that asks for. */
export function failureOf({ message, codexErrorInfo }: TurnError): AdapterResult {
  const failure = failureClass(codexErrorInfo, message)
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

/** By the name of the error where it has one, else by its status and its words. */
function failureClass(info: unknown, text: string): FailureClass {
  const status = statusIn(info)
  const name = typeof info === 'string' ? info : Object.keys((info as object | null) ?? {})[0]
  return (status === undefined && byName[name ?? '']) || classOf({ status, text })
}

function statusIn(info: unknown): number | undefined {
  if (typeof info !== 'object' || info === null) return undefined
  const [told] = Object.values(info) as { httpStatusCode?: unknown }[]
  return typeof told?.httpStatusCode === 'number' ? told.httpStatusCode : undefined
}
