import type { HttpBindings } from '@hono/node-server'
import type { Liveness, ShutdownResult } from '@molecule/contract/admin'
import type { Backend } from '../backend/backend.ts'
import type { Db } from '../db/tables.ts'
import type { ChatFolder } from '../domain/chat-file/chat-folder.ts'
import type { Heartbeats } from '../domain/host/heartbeats.ts'
import type { LastUse } from '../domain/identity/last-use.ts'
import type { Principal } from '../domain/identity/principal.ts'
import type { TemplateGallery } from '../domain/org/template-gallery.ts'
import type { CostPerHour } from '../domain/resource/resource-ledger.ts'
import type { SecretCipher } from '../domain/secret/secret-cipher.ts'
import type { Wakes } from '../domain/wake.ts'
import type { Clock } from '../lib/clock.ts'
import type { OutboundGuard } from '../lib/outbound/outbound-guard.ts'
import type { Secret } from '../lib/secret.ts'
import type { Edge } from './edge.ts'
import type { EventFeed } from './event-feed.ts'

/** What routes are handed; `main.ts` builds it once. */
export type Services = {
  db: Db
  /** Opens what `db` holds of secrets. */
  cipher: SecretCipher
  wakes: Wakes
  clock: Clock
  heartbeats: Heartbeats
  /** Remembers which credentials are in use. */
  lastUse: LastUse
  feed: EventFeed
  backends: ReadonlyMap<string, Backend>
  /** Ids of those that new workspaces may run on, the first preferred. */
  enabledBackends: readonly string[]
  edge: Edge
  /** What was sent in chats. */
  chatFolder: ChatFolder
  /** The way out to addresses that users give. */
  outbound: OutboundGuard
  /** Organizations that lie on this machine to be applied. */
  templates: TemplateGallery
  /** What other servers may run workloads on; nothing unless the operator offers it. */
  served: Backend | undefined
  /** What GitHub signs with where a delivery goes to no webhook of its own. */
  githubSecret: Secret | undefined
  version: string
  orgId: string
  /** Told apart from another database by watchers that resume. */
  epoch: string
  url: () => string
  checks: () => Promise<{ name: string; ok: boolean; detail: string }[]>
  liveness: () => Liveness
  /** What an hour on a backend costs, as far as the operator said. */
  costPerHour: CostPerHour
  /** Why the orphan sweep stops nothing at present. */
  brake: () => string | null
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
