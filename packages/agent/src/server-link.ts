import type { ErrorCode } from '@molecule/contract/problem'
import { type ClientOptions, type Fetch, MoleculeError } from '@molecule/sdk'
import { type HostClient, hostClient } from '@molecule/sdk/host'
import { type RetrySettings, repeat } from './retry.ts'

/** What a failed call means for the one who made it. */
export type Verdict =
  /** No answer, or none that decides: worth trying again. */
  | 'unreachable'
  /** The credential is worth nothing any more. */
  | 'refused'
  /** Somebody newer has taken over. */
  | 'fenced'
  /** Understood and declined: trying again would not help. */
  | 'rejected'
  /** Not the server's doing: we gave up ourselves. */
  | 'aborted'

/** Only a problem the server itself states decides; what a proxy says in its place has the code `internal`. */
const verdicts: Record<ErrorCode, Verdict> = {
  internal: 'unreachable',
  unavailable: 'unreachable',
  unauthenticated: 'refused',
  forbidden: 'refused',
  gone: 'refused',
  fenced: 'fenced',
  conflict: 'unreachable',
  limit_reached: 'rejected',
  rate_limited: 'unreachable',
  url_refused: 'rejected',
  invalid: 'rejected',
  not_found: 'rejected',
  name_taken: 'rejected',
  unknown_parent: 'rejected',
  cycle: 'rejected',
  too_deep: 'rejected',
  unknown_runtime: 'rejected',
  no_backend: 'rejected',
  confirmation_required: 'rejected',
  not_allowed_now: 'rejected',
  self_delegation: 'rejected',
  forbidden_pair: 'rejected',
  loop_detected: 'rejected',
  unknown_delegation: 'rejected',
  id_taken: 'rejected',
  already_terminal: 'rejected',
  idempotency_key_reused: 'rejected',
  message_id_reused: 'rejected',
  too_large: 'rejected',
  secrets_unreadable: 'rejected',
  route_gone: 'rejected',
  not_available_yet: 'rejected',
}

export const verdictOn = (error: unknown): Verdict =>
  error instanceof MoleculeError ? (verdicts[error.code] ?? 'unreachable') : 'aborted'

/** Whoever refuses us where our server is no longer may be another server. */
function asUnreachable(error: unknown): unknown {
  const isRefusal = error instanceof MoleculeError && verdictOn(error) === 'refused'
  return isRefusal ? new MoleculeError({ ...error.problem, code: 'unavailable' }) : error
}

type Work<T> = (client: HostClient, call: { signal: AbortSignal }) => Promise<T>

export type ServerLink = {
  /** One call. */
  call<T>(work: Work<T>, signal: AbortSignal): Promise<T>
  /** Calls again, later and later, until the server has answered one way or the other. */
  insist<T>(work: Work<T>, signal: AbortSignal): Promise<T>
}

export type LinkSettings = RetrySettings & {
  readonly token: string
  readonly fetch: Fetch
  /** The server itself has said something. */
  readonly onAnswer: () => void
  readonly onRefused: (why: unknown) => void
  /** Makes the calls; those of a host unless it says otherwise. */
  readonly clientFor?: (options: ClientOptions) => HostClient
}

export function serverLink(settings: LinkSettings): ServerLink {
  const { address, token, fetch, onAnswer, onRefused, clientFor = hostClient } = settings

  const onFailure = async (error: unknown) => {
    if (verdictOn(error) === 'aborted') return error
    const told = (await address.isCurrent()) ? error : asUnreachable(error)
    const verdict = verdictOn(told)
    if (verdict !== 'unreachable') onAnswer()
    if (verdict === 'refused') onRefused(told)
    return told
  }
  const call: ServerLink['call'] = async (work, signal) => {
    try {
      const client = clientFor({ baseUrl: address.url(), token, fetch })
      const answer = await work(client, { signal })
      onAnswer()
      return answer
    } catch (error) {
      throw await onFailure(error)
    }
  }

  const isWorthAnother = (error: unknown) => verdictOn(error) === 'unreachable'
  return {
    call,
    insist: (work, signal) =>
      repeat(
        { call: () => call(work, signal), isWorthAnother, what: 'telling the server' },
        settings,
        signal,
      ),
  }
}
