import { Problem } from '@molecule/contract/problem'

type Ask = { method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; path: string; body?: unknown }

/** The API of this server, in the name of whoever called the tool: the same checks, rights, limits and records. */
export type Api = <T>(ask: Ask, signal?: AbortSignal) => Promise<T>

/** A refusal of the API, for the agent to act on. */
export class Refused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.detail)
    this.problem = problem
  }
}

export type Dispatch = (request: Request) => Response | Promise<Response>

const forwarded = ['authorization', 'cookie', 'x-csrf-token']

/** Calls routes of this process, without a socket, with the credential of the request at hand. */
export function apiFor(asked: Request, dispatch: Dispatch): Api {
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const name of forwarded) {
    const value = asked.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  return async <T>({ method, path, body }: Ask, signal?: AbortSignal) => {
    const text = body === undefined ? null : JSON.stringify(body)
    if (text !== null) headers.set('content-length', String(Buffer.byteLength(text)))
    else headers.delete('content-length')
    const request = new Request(new URL(path, 'http://server.internal'), {
      method,
      headers,
      ...(text === null ? {} : { body: text }),
      signal: signal ? AbortSignal.any([signal, asked.signal]) : asked.signal,
    })
    const answer = await dispatch(request)
    const content: unknown = answer.status === 204 ? null : await answer.json()
    if (answer.ok) return content as T
    throw new Refused(Problem.parse(content))
  }
}
