import type { Problem } from '@molecule/contract/problem'
import { withTimeLimit } from './time-limit.ts'

/** The part of `fetch` a client needs, so that a host may bring a smaller one. */
export type Fetch = (
  url: string,
  init: {
    method: string
    headers: Record<string, string>
    body?: string
    signal?: AbortSignal
    credentials?: 'same-origin'
  },
) => Promise<Answer>

type Answer = {
  status: number
  text(): Promise<string>
  /** The same piece by piece, for what is too long to be held; not every host has it. */
  body?: AsyncIterable<Uint8Array> | null
  /** By their names in lower case; not every host tells them so. */
  headers?: unknown
}

export type ClientOptions = {
  /** Where the server listens, for example `http://127.0.0.1:8080`; empty in a page it served itself. */
  baseUrl: string
  /** Bearer token; a page with a session cookie has none. */
  token?: string
  /** Sent as `X-CSRF-Token` with every change; needed with a session cookie. */
  csrfToken?: string
  /** How long one call may take, answer included; longer than the server's longest wait (25 s). */
  timeoutMs?: number
  fetch?: Fetch
}

export type CallOptions = { signal?: AbortSignal; timeoutMs?: number }

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  headers?: Record<string, string>
  /** Statuses beyond 2xx whose body is the answer, not a problem. */
  alsoAnswers?: readonly number[]
} & CallOptions

/** A refusal by the server, or no answer at all (`status` 0, code `unavailable`). */
export class MoleculeError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.name = 'MoleculeError'
    this.problem = problem
  }

  get code() {
    return this.problem.code
  }

  get status() {
    return this.problem.status
  }
}

export type Requester = <T>(call: Call) => Promise<T>

const defaultTimeoutMs = 40_000

export function requester(options: ClientOptions): Requester {
  return async <T>(call: Call): Promise<T> => {
    const { status, text } = await answer(options, call)
    const { json, isJson } = parse(text)
    const isAnswer = (status >= 200 && status < 300) || call.alsoAnswers?.includes(status)
    if (isAnswer && isJson) return json as T
    throw refusal(options, { status, text })
  }
}

/** What an answer that is none of the wished says. */
export function refusal({ baseUrl }: ClientOptions, answer: { status: number; text: string }) {
  const { status } = answer
  const { json, isJson } = parse(answer.text)
  return new MoleculeError(isJson ? asProblem(json, status) : notJson(baseUrl, status))
}

async function answer(options: ClientOptions, call: Call) {
  try {
    return await withTimeLimit(timeLimitOf(options, call), call.signal, async (signal) => {
      const response = await send(options, call, signal)
      return { status: response.status, text: await response.text() }
    })
  } catch (error) {
    if (call.signal?.aborted) throw error
    throw new MoleculeError(noAnswer(options.baseUrl, error))
  }
}

export const timeLimitOf = (options: ClientOptions, call: Call) =>
  call.timeoutMs ?? options.timeoutMs ?? defaultTimeoutMs

export function send(options: ClientOptions, call: Call, signal: AbortSignal): Promise<Answer> {
  const fetched: Fetch = options.fetch ?? ((url, init) => fetch(url, init))
  return fetched(address(options.baseUrl, call), {
    method: call.method,
    headers: headersOf(options, call),
    credentials: 'same-origin',
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    signal,
  })
}

function address(baseUrl: string, call: Call) {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(call.query ?? {}))
    if (value !== undefined) query.set(key, String(value))
  const search = query.size > 0 ? `?${query}` : ''
  return `${baseUrl.replace(/\/+$/, '')}${call.path}${search}`
}

function headersOf(options: ClientOptions, call: Call) {
  return {
    accept: 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
    ...(options.csrfToken ? { 'x-csrf-token': options.csrfToken } : {}),
    ...call.headers,
  }
}

function parse(text: string): { json?: unknown; isJson: boolean } {
  if (text === '') return { isJson: true }
  try {
    return { json: JSON.parse(text), isJson: true }
  } catch {
    return { isJson: false }
  }
}

function asProblem(body: unknown, status: number): Problem {
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  const detail = given.detail ?? given.error ?? `The server answered ${status}.`
  return {
    type: 'about:blank',
    title: 'Request failed',
    code: 'internal',
    hint: 'Look at the server log.',
    retryable: status >= 500,
    trace_id: '',
    error: detail,
    ...given,
    detail,
    status,
  }
}

function notJson(baseUrl: string, status: number): Problem {
  const what = `${baseUrl || 'This address'} answered ${status} with something that is not JSON.`
  return {
    ...asProblem({ detail: what }, status),
    title: 'Not a Molecule answer',
    hint: 'Check that the address is that of a Molecule server, and that no proxy answers in its place.',
  }
}

export function noAnswer(baseUrl: string, error: unknown): Problem {
  const detail = `No server answers at ${baseUrl || 'this address'}: ${causeOf(error)}`
  return {
    type: 'about:blank',
    title: 'No answer',
    status: 0,
    code: 'unavailable',
    detail,
    hint: 'Start it with `npm start`, or name another address with --url or MOLECULE_URL.',
    retryable: true,
    trace_id: '',
    error: detail,
  }
}

/** An error of several addresses tried at once has an empty message; its parts say why. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause) return causeOf(error.cause)
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0])
  return error.message || error.name
}
