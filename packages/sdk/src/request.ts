import type { Problem } from '@molecule/contract/problem'

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
) => Promise<{ status: number; text(): Promise<string> }>

export type ClientOptions = {
  /** Where the server listens, for example `http://127.0.0.1:8080`; empty in a page it served itself. */
  baseUrl: string
  /** Bearer token; a page with a session cookie has none. */
  token?: string
  /** Sent as `X-CSRF-Token` with every change; needed with a session cookie. */
  csrfToken?: string
  fetch?: Fetch
}

export type CallOptions = { signal?: AbortSignal }

export type Call = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  headers?: Record<string, string>
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

export function requester(options: ClientOptions): Requester {
  const send: Fetch = options.fetch ?? ((url, init) => fetch(url, init))
  return async <T>(call: Call): Promise<T> => {
    const { status, text } = await answer(send, options, call)
    const body = parse(text, status)
    if (status >= 200 && status < 300) return body as T
    throw new MoleculeError(asProblem(body, status))
  }
}

async function answer(send: Fetch, options: ClientOptions, call: Call) {
  try {
    const response = await send(address(options.baseUrl, call), {
      method: call.method,
      headers: headersOf(options, call),
      credentials: 'same-origin',
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    if (call.signal?.aborted) throw error
    throw new MoleculeError(noAnswer(options.baseUrl, error))
  }
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

function parse(text: string, status: number): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return { status, detail: `The server answered ${status} with something that is not JSON.` }
  }
}

function asProblem(body: unknown, status: number): Problem {
  const given = typeof body === 'object' && body !== null ? (body as Partial<Problem>) : {}
  return {
    type: 'about:blank',
    title: 'Request failed',
    code: 'internal',
    detail: `The server answered ${status}.`,
    hint: 'Look at the server log.',
    retryable: status >= 500,
    trace_id: '',
    error: `The server answered ${status}.`,
    ...given,
    status,
  }
}

function noAnswer(baseUrl: string, error: unknown): Problem {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const detail = `No server answers at ${baseUrl || 'this address'}: ${cause instanceof Error ? cause.message : String(cause)}`
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
