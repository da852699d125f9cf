import { lookup } from 'node:dns/promises'
import { assertOutsideTransaction } from '../outside-transaction.ts'
import { allowed, type Destination, destinationOf, type Resolve } from './destination.ts'
import { dial, type OutboundAnswer, type OutboundRequest } from './dial.ts'
import { OutboundRefused } from './refused.ts'

export type OutboundGuard = {
  /** Resolves and checks, without dialling; throws `OutboundRefused`. */
  check(url: string): Promise<Destination>
  /** Calls an address that somebody gave us. It is checked, and what was checked is what is connected to. */
  fetch(url: string, request?: OutboundRequest & Limits): Promise<OutboundAnswer>
}

type Limits = { timeoutMs?: number; signal?: AbortSignal }
type Options = {
  /** Addresses, blocks and names of hosts that are called though they are not public. */
  allow: readonly string[]
  resolve?: Resolve
}

const TIMEOUT_MS = 10_000

const resolveAll: Resolve = (host) => lookup(host, { all: true })

/** The only way out to an address that a user gave. */
export function outboundGuard({ allow, resolve = resolveAll }: Options): OutboundGuard {
  const policy = { allow: allowed(allow), resolve }
  return {
    async check(url) {
      const late = AbortSignal.timeout(TIMEOUT_MS)
      return inTime(destinationOf(url, policy), late).catch((error: unknown) => {
        throw explained(error, late)
      })
    },
    async fetch(url, { timeoutMs = TIMEOUT_MS, signal, ...request } = {}) {
      assertOutsideTransaction('an outbound call')
      const late = AbortSignal.timeout(timeoutMs)
      const ending = signal ? AbortSignal.any([signal, late]) : late
      try {
        return await dial(await inTime(destinationOf(url, policy), ending), request, ending)
      } catch (error) {
        throw signal?.aborted ? signal.reason : explained(error, late)
      }
    },
  }
}

/** A look-up cannot be called off, only no longer be waited for. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const end = () => reject(signal.reason)
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([work, ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}

function explained(error: unknown, late: AbortSignal): unknown {
  if (error instanceof OutboundRefused) return error
  if (late.aborted)
    return new OutboundRefused(
      'timeout',
      'the other side did not answer in time',
      'Check that it runs and can be reached from the server.',
      { cause: error },
    )
  return new OutboundRefused(
    'unreachable',
    `the other side cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
    'Check that it runs and can be reached from the server.',
    { cause: error },
  )
}
