import type { IncomingMessage } from 'node:http'
import { cors } from 'hono/cors'
import type { AddressRange } from '../lib/address-range.ts'
import type { Clock } from '../lib/clock.ts'
import { clientAddress } from './client-address.ts'
import { type Limits, limits } from './limits.ts'

/** How the server meets the world: which pages may call it, whom it believes about addresses, how often it answers. */
export type Edge = {
  corsOrigins: readonly string[]
  addressOf: (request: IncomingMessage) => string
  limits: Limits
}

type Options = {
  corsOrigins: readonly string[]
  trustedProxies: readonly AddressRange[]
  rateLimit: number
  clock: Pick<Clock, 'now'>
}

export const edge = ({ corsOrigins, trustedProxies, rateLimit, clock }: Options): Edge => ({
  corsOrigins,
  addressOf: clientAddress(trustedProxies),
  limits: limits(clock, rateLimit),
})

const PREFLIGHT_S = 600

/** Lets the pages of the origins named call us; without any, those of our own alone, and no answer says a word. */
export const crossOrigin = (origins: readonly string[]) =>
  cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowHeaders: ['Origin', 'Content-Type', 'X-Workspace-ID', 'Authorization', 'X-CSRF-Token'],
    exposeHeaders: ['X-Request-ID', 'Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining'],
    credentials: true,
    maxAge: PREFLIGHT_S,
  })
