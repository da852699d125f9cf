import type { Context } from 'hono'
import { DomainError } from '../domain/error.ts'
import type { Principal } from '../domain/identity/principal.ts'
import { clientNetwork } from '../lib/address-range.ts'
import type { Clock } from '../lib/clock.ts'
import { hashToken, isOurForm } from '../lib/token.ts'
import { type Quota, windows } from './windows.ts'

/** Who asks, before it is known whether the credential is any good. */
export type Asking = { token: string | undefined; address: string }

type Guess = Asking & { token: string }

export type Limits = {
  /** Counts a request: for its credential when that was good before, else for the address. Throws `rate_limited`. */
  count(asking: Asking): Quota
  /**
   * Throws `rate_limited` where too many made-up credentials come from. One that was good before passes, and so does one in the form
   * of our own: it cannot be guessed, and no start or login has to wait for the guesses of others.
   */
  checkGuesses(asking: Guess): void
  guessed(asking: Guess): void
  remember(token: string, principal: Principal): void
  forget(token: string): void
}

/** Made-up credentials that an address may try in a minute. */
const GUESSES = 60
/** A host leases, beats and completes for every attempt of its workspace. */
const HOST_FACTOR = 20
const MAX_KNOWN = 10_000

/** In the memory of this process, bounded. Nothing turns it off. */
export function limits(clock: Pick<Clock, 'now'>, perMinute: number): Limits {
  const requests = windows(clock)
  const guesses = windows(clock)
  const known = new Map<string, { key: string; limit: number }>()
  const knownOf = ({ token }: Asking) =>
    token === undefined ? undefined : known.get(hashToken(token))
  const network = ({ address }: Asking) => clientNetwork(address)
  return {
    count(asking) {
      const { key, limit } = knownOf(asking) ?? { key: network(asking), limit: perMinute }
      const quota = requests.take(key, limit)
      if (quota.isOver) throw new RateLimited(quota, 'requests')
      return quota
    },
    checkGuesses(asking) {
      if (isOurForm(asking.token) || knownOf(asking)) return
      const quota = guesses.quota(network(asking), GUESSES)
      if (quota.remaining === 0) throw new RateLimited(quota, 'unknown credentials')
    },
    guessed(asking) {
      if (!isOurForm(asking.token)) guesses.take(network(asking), GUESSES)
    },
    remember(token, principal) {
      const hash = hashToken(token)
      if (known.has(hash)) return
      const key = 'credentialId' in principal ? principal.credentialId : principal.kind
      const limit = perMinute * (principal.kind === 'host' ? HOST_FACTOR : 1)
      known.set(hash, { key, limit })
      for (const oldest of known.keys()) {
        if (known.size <= MAX_KNOWN) break
        known.delete(oldest)
      }
    },
    forget(token) {
      known.delete(hashToken(token))
    },
  }
}

/** Refused for now; how long, its answer says. */
export class RateLimited extends DomainError {
  readonly quota: Quota

  constructor(quota: Quota, what: string) {
    super('rate_limited', `the limit of ${quota.limit} ${what} a minute is used up`, {
      hint: `Go on in ${quota.resetS} s.`,
      extra: { retry_after: quota.resetS },
    })
    this.quota = quota
  }
}

/** In the words of the IETF draft, and in those that older clients read. `Reset` is in seconds from now. */
export function setQuotaHeaders(
  c: Pick<Context, 'header'>,
  { limit, remaining, resetS }: Quota,
): void {
  for (const prefix of ['RateLimit', 'X-RateLimit']) {
    c.header(`${prefix}-Limit`, String(limit))
    c.header(`${prefix}-Remaining`, String(remaining))
    c.header(`${prefix}-Reset`, String(resetS))
  }
}
