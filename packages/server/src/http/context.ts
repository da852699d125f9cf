import type { HttpBindings } from '@hono/node-server'
import type { ShutdownResult } from '@molecule/contract/admin'
import type { Backend } from '../backend/backend.ts'
import type { Db } from '../db/tables.ts'
import type { Heartbeats } from '../domain/host/heartbeats.ts'
import type { Principal } from '../domain/identity/principal.ts'
import type { Wakes } from '../domain/wake.ts'
import type { Clock } from '../lib/clock.ts'
import type { EventFeed } from './event-feed.ts'

/** What routes are handed; `main.ts` builds it once. */
export type Services = {
  db: Db
  wakes: Wakes
  clock: Clock
  heartbeats: Heartbeats
  feed: EventFeed
  backends: ReadonlyMap<string, Backend>
  /** What other servers may run workloads on; nothing unless the operator offers it. */
  served: Backend | undefined
  version: string
  orgId: string
  /** Told apart from another database by watchers that resume. */
  epoch: string
  url: () => string
  checks: () => Promise<{ name: string; ok: boolean; detail: string }[]>
  /** Aborts when the server goes down, and with it every long-poll. */
  closing: AbortSignal
  shutDown: (options: { stopAgents: boolean }) => Promise<ShutdownResult>
  log: {
    debug(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

export type AppEnv = {
  Bindings: HttpBindings
  Variables: { principal: Principal; traceId: string; address: string }
}
