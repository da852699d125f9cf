import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { z } from 'zod'
import { backoff } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { assertOutsideTransaction } from '../../lib/outside-transaction.ts'
import type { Secret } from '../../lib/secret.ts'
import { ControlPlaneError, linesOf, textOf } from './answer.ts'

export type Call = {
  readonly path: string
  /** Without one it is a GET. */
  readonly body?: unknown
  readonly key?: string
  /** All tries together; `Infinity` for what ends by itself. */
  readonly limitMs: number
}

/** Calls of a control plane. Every one is idempotent, so each is repeated while another try may help. */
export type Calls = {
  json<S extends z.ZodType>(schema: S, call: Call, signal: AbortSignal): Promise<z.infer<S>>
  lines(call: Call, signal: AbortSignal): AsyncIterable<string>
  close(): void
}

export type CallsOptions = {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: Secret
  readonly clock: Clock
}

const MAX_TRIES = 4
const RETRY = { first: 100, most: 1000 }
const MAX_CONNECTIONS = 64

export function callsTo({ url, token, clock }: CallsOptions): Calls {
  const client = url.startsWith('https:') ? https : http
  const agent = new client.Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS })

  const send = (call: Call, signal: AbortSignal) => {
    assertOutsideTransaction('a call to the control plane')
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const body = call.body === undefined ? undefined : JSON.stringify(call.body)
    const headers = {
      authorization: `Bearer ${token.reveal()}`,
      accept: 'application/json',
      ...(call.key === undefined ? {} : { 'idempotency-key': call.key }),
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    }
    const method = body === undefined ? 'GET' : 'POST'
    const sent = client.request(`${url}${call.path}`, { method, headers, agent, signal }, resolve)
    sent.on('error', reject)
    sent.end(body)
    return promise
  }
  /** A redirect is not followed: the token is for that address alone. */
  const once = async <S extends z.ZodType>(schema: S, call: Call, signal: AbortSignal) => {
    const text = await textOf(await send(call, signal), url)
    const { data } = schema.safeParse(parsed(text))
    if (data !== undefined) return data
    throw new ControlPlaneError(`${url} answers, but not as a control plane does`)
  }

  return {
    async json(schema, call, signal) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(call.limitMs)])
      const attempt = async (nth: number): Promise<z.infer<typeof schema>> => {
        try {
          patience.throwIfAborted()
          return await once(schema, call, patience)
        } catch (error) {
          if (patience.aborted || nth === MAX_TRIES || !isPassing(error)) throw error
          await clock.sleep(backoff(nth, RETRY), patience)
          return attempt(nth + 1)
        }
      }
      try {
        return await attempt(1)
      } catch (error) {
        signal.throwIfAborted()
        throw patience.aborted ? silence(url, call) : worded(url, error)
      }
    },
    async *lines(call, signal) {
      const isLimited = Number.isFinite(call.limitMs)
      const patience = isLimited
        ? AbortSignal.any([signal, AbortSignal.timeout(call.limitMs)])
        : signal
      try {
        yield* linesOf(await send(call, patience), url)
      } catch (error) {
        signal.throwIfAborted()
        throw patience.aborted ? silence(url, call) : worded(url, error)
      }
    },
    close: () => agent.destroy(),
  }
}

/** A connection that broke may have lost the call or its answer: a repetition finds out. */
const isPassing = (error: unknown) => !(error instanceof ControlPlaneError) || error.isPassing

const silence = (url: string, { limitMs }: Call) =>
  new ControlPlaneError(`${url} did not answer within ${limitMs / 1000} s`)

function worded(url: string, error: unknown) {
  if (error instanceof ControlPlaneError) return error
  const { message } = error instanceof Error ? error : new Error(String(error))
  return new ControlPlaneError(
    `the control plane does not answer at ${url} (${message || 'no connection'})`,
    { cause: error },
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
