import type { ShutdownResult } from '@molecule/contract/admin'
import type { Logger } from 'pino'
import type { Backend, OwnerLabel } from '../backend/backend.ts'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { wakes as wakesFor } from '../db/notify.ts'
import type { Db } from '../db/tables.ts'
import { heartbeats as gatherHeartbeats } from '../domain/host/heartbeats.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { buildApp } from '../http/app.ts'
import { admitLive } from '../http/authenticate.ts'
import type { Services } from '../http/context.ts'
import { eventFeed } from '../http/event-feed.ts'
import { serveLive } from '../http/live.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import { startControllers } from '../reconcile/controllers.ts'
import { openAdminCredential } from './admin-credential.ts'
import { openDataFolder } from './data-folder.ts'
import { type Installation, openInstallation } from './installation.ts'
import { closeServer, listen } from './listen.ts'
import { readiness } from './readiness.ts'

export type StartOptions = {
  config: Config
  log: Logger
  version: string
  canvasFolder: string
  /** Makes the backends that can be enabled; only `main.ts` names them. */
  backends: (owner: OwnerLabel) => Backend[]
  /** Called once a requested shutdown has ended the server. */
  onClosed?: () => void
  onFatal: (error: unknown) => void
}

export type RunningServer = {
  url: string
  db: Db
  services: Services
  installation: Installation
  /** Agents that would go on without this server. */
  countAgents: () => Promise<number>
  /** Stops every agent and proves it; the server goes on. */
  stopAgents: () => Promise<ShutdownResult>
  close: () => Promise<void>
}

const HTTP_PATIENCE_MS = 2000
const STOP_ALL_MS = 60_000
const LOOK_AGAIN_MS = 100

export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, log, onFatal } = options
  const lock = await openDataFolder(config.dataDir)
  const onError = (error: unknown) => log.error({ error }, 'something failed in the background')
  let database: Database | undefined
  try {
    database = await openDatabase({ url: config.databaseUrl, onFatal, onError })
    await migrate(database)
    return await assemble(options, database, () => lock.release())
  } catch (error) {
    await database?.close()
    lock.release()
    throw error
  }
}

async function assemble(
  options: StartOptions,
  database: Database,
  release: () => void,
): Promise<RunningServer> {
  const { config, log } = options
  const { db } = database
  const clock: Clock = systemClock
  const installation = await openInstallation(db, config)
  const { orgId } = installation
  await openAdminCredential(db, { dataDir: config.dataDir, orgId, given: config.adminToken })
  const backends = new Map(options.backends(installation).map((each) => [each.id, each]))
  const closing = new AbortController()
  let url = config.externalUrl ?? ''
  let isDraining = false

  const wakes = wakesFor(database)
  const feed = await eventFeed(db, orgId)
  const heartbeats = gatherHeartbeats(db)
  const controllers = startControllers({
    database,
    wakes,
    feed,
    heartbeats,
    clock,
    log,
    signal: closing.signal,
    sweeper: config.sweeper,
    workspaces: {
      backends,
      enabled: config.backends,
      installId: installation.installId,
      nodeId: installation.nodeId,
      url: () => url,
      isDraining: () => isDraining,
    },
  })
  const countAgents = async () => (await openResources(db)).length
  const stopAgents = async (): Promise<ShutdownResult> => {
    isDraining = true
    const before = await countAgents()
    const until = clock.now() + STOP_ALL_MS
    wakes.notify(['workspaces'])
    let left = before
    while (left > 0 && clock.now() < until) {
      await clock.sleep(LOOK_AGAIN_MS)
      left = await countAgents()
    }
    return { agents_stopped: before - left, agents_left: left }
  }
  const services: Services = {
    database,
    db,
    wakes,
    clock,
    heartbeats,
    feed,
    backends,
    version: options.version,
    orgId,
    epoch: installation.installId,
    url: () => url,
    checks: readiness({ db, clock, dataDir: config.dataDir, controllers: controllers.list }),
    closing: closing.signal,
    async shutDown({ stopAgents: withAgents }) {
      const left = { agents_stopped: 0, agents_left: await countAgents() }
      const result = withAgents ? await stopAgents() : left
      setImmediate(() => void close().then(() => options.onClosed?.()))
      return result
    },
    log,
  }
  const app = buildApp(services, options.canvasFolder)
  const { server, port } = await listen(app.fetch, config)
  url ||= `http://${reachable(config.host)}:${port}`
  const stopLive = serveLive(server, services, admitLive(services))
  controllers.begin()

  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= (async () => {
      closing.abort()
      stopLive()
      await closeServer(server, HTTP_PATIENCE_MS)
      await controllers.done()
      await heartbeats.flush()
      await database.close()
      release()
    })()
    return closed
  }
  return { url, db, services, installation, countAgents, stopAgents, close }
}

/** An address that a program of this machine can dial. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
