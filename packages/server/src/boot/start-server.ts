import { join } from 'node:path'
import type { Logger } from 'pino'
import { chatFolder } from '../adapter/chat-files/folder.ts'
import type { Backend, OwnerLabel } from '../backend/backend.ts'
import type { Config } from '../config.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { wakes as wakesFor } from '../db/notify.ts'
import type { Db } from '../db/tables.ts'
import { heartbeats as gatherHeartbeats } from '../domain/host/heartbeats.ts'
import { lastUse as gatherLastUse } from '../domain/identity/last-use.ts'
import { templateGallery } from '../domain/org/template-gallery.ts'
import type { SecretCipher } from '../domain/secret/secret-cipher.ts'
import { buildApp, type ServedFiles } from '../http/app.ts'
import { admitLive } from '../http/authenticate.ts'
import type { Services } from '../http/context.ts'
import { edge } from '../http/edge.ts'
import { eventFeed } from '../http/event-feed.ts'
import { serveLive } from '../http/live.ts'
import { systemClock } from '../lib/clock.ts'
import { outboundGuard } from '../lib/outbound/outbound-guard.ts'
import { renderPush } from '../protocol/a2a/render-push.ts'
import { startControllers } from '../reconcile/controllers.ts'
import { openAdminCredential } from './admin-credential.ts'
import { openDataFolder } from './data-folder.ts'
import { type Fleet, fleetOf } from './fleet.ts'
import { type Installation, openInstallation } from './installation.ts'
import { closeServer, listen, localUrl } from './listen.ts'
import { openMasterKey } from './master-key.ts'
import { liveness, readiness } from './readiness.ts'

export type StartOptions = {
  config: Config
  log: Logger
  version: string
  files: ServedFiles
  /** Each holds templates of organizations, a folder each. */
  templateFolders?: readonly string[]
  /** Makes the backends that can be enabled; only `main.ts` names them. `url` is where the server listens by then. */
  backends: (owner: OwnerLabel, url: () => string) => Backend[]
  /** Makes what is offered to other servers; its workloads dial theirs. */
  serve?: (owner: OwnerLabel) => Backend | undefined
  /** Called once a requested shutdown has ended the server. */
  onClosed?: () => void
  /** The database file can no longer be trusted: end the process. */
  onFatal: (error: unknown) => void
}

export type RunningServer = {
  url: string
  db: Db
  services: Services
  installation: Installation
  fleet: Fleet
  close: () => Promise<void>
}

const HTTP_PATIENCE_MS = 2000

export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { config, log, onFatal } = options
  const lock = await openDataFolder(config.dataDir)
  const onError = (error: unknown) => log.error({ error }, 'something failed in the background')
  let database: Database | undefined
  try {
    database = await openDatabase({ url: config.databaseUrl, onFatal, onError })
    await migrate(database)
    const installation = await openInstallation(database.db, config)
    const { dataDir, adminToken: given, masterKey } = config
    const { orgId } = installation
    await openAdminCredential(database.db, { dataDir, orgId, given })
    const cipher = await openMasterKey(database.db, { dataDir, orgId, ...masterKey })
    return await run(options, { database, installation, cipher, release: lock.release })
  } catch (error) {
    await database?.close()
    lock.release()
    throw error
  }
}

type Opened = {
  database: Database
  installation: Installation
  cipher: SecretCipher
  release: () => void
}

async function run(
  options: StartOptions,
  { database, installation, cipher, release }: Opened,
): Promise<RunningServer> {
  const { config } = options
  const { db } = database
  const closing = new AbortController()
  let url = config.externalUrl ?? ''
  const ground = { database, installation, cipher, closing, url: () => url }
  const parts = await build(options, ground)
  const { services, controllers, fleet } = parts
  const app = buildApp(services, options.files)
  const { server, port } = await listen(app.fetch, config)
  url ||= localUrl(config.host, port)
  const stopLive = serveLive(server, services, admitLive(services))
  controllers.begin()

  const close = once(async () => {
    closing.abort()
    stopLive()
    await closeServer(server, HTTP_PATIENCE_MS)
    await controllers.done()
    await Promise.all([...services.backends.values()].map((backend) => backend.close?.()))
    await services.served?.close?.()
    await services.heartbeats.flush()
    await services.lastUse.flush()
    await database.close()
    release()
  })
  const end = () => void close().then(() => options.onClosed?.())
  services.shutDown = async ({ stopAgents }) => {
    const left = { agents_stopped: 0, agents_left: await fleet.count() }
    const result = stopAgents ? await fleet.stopAll() : left
    setImmediate(end)
    return result
  }
  return { url, db, services, installation, fleet, close }
}

type Render = Parameters<typeof startControllers>[0]['push']['render']

type Ground = Omit<Opened, 'release'> & {
  closing: AbortController
  url: () => string
}

async function build(
  { config, log, version, backends: make, serve, templateFolders = [] }: StartOptions,
  { database, installation, cipher, closing, url }: Ground,
) {
  const { db } = database
  const { orgId, installId, nodeId } = installation
  const clock = systemClock
  const { signal } = closing
  const wakes = wakesFor(database)
  const feed = await eventFeed(db, orgId)
  const heartbeats = gatherHeartbeats(db)
  const lastUse = gatherLastUse(db, clock)
  const backends = new Map(make(installation, url).map((each) => [each.id, each]))
  const fleet = fleetOf({ db, wakes, clock })
  const { isDraining } = fleet
  const { backends: enabled, remoteStaleMs, provisionConcurrency } = config
  log.info({ provisionConcurrency: String(provisionConcurrency) }, 'starts at a time')
  const place = { installId, nodeId, url, remoteStaleMs, provisionConcurrency }
  const workspaces = { ...place, backends, enabled, isDraining }
  const { sweeper, dataDir, costPerHour } = config
  const chats = chatFolder(join(dataDir, 'chat-files'))
  const shared = { wakes, feed, heartbeats, lastUse, clock, log, chatFolder: chats }
  const secrets = { vault: { db, cipher }, orgId }
  const outbound = outboundGuard({ allow: config.outboundAllow })
  const render: Render = (taskId, version) => renderPush(services, taskId, version)
  const controllers = startControllers({
    ...shared,
    database,
    signal,
    sweeper,
    activity: { ...config.activity, folder: join(dataDir, 'activity') },
    eventKeepMs: config.eventKeepMs,
    push: { cipher, outbound, render },
    // The protocol is loaded with the first call: most servers make none.
    agentOf: async (workspace) => {
      const { agentFor } = await import('../protocol/a2a/agent-for.ts')
      return agentFor({ db, cipher, outbound }, workspace)
    },
    workspaces,
    secrets,
  })
  const services: Services = {
    ...shared,
    ...{ db, cipher, backends, enabledBackends: enabled },
    edge: edge({ ...config, clock }),
    outbound,
    templates: templateGallery(templateFolders),
    served: serve?.(installation),
    githubSecret: config.githubSecret,
    version,
    orgId,
    url,
    epoch: installId,
    checks: readiness({
      db,
      clock,
      dataDir,
      controllers: controllers.list,
      backends: config.backends.flatMap((name) => backends.get(name) ?? []),
      brake: controllers.brake,
    }),
    costPerHour,
    liveness: liveness({ clock, controllers: controllers.list }),
    brake: controllers.brake,
    closing: signal,
    shutDown: () => Promise.reject(new Error('the server is not up yet')),
  }
  return { services, controllers, fleet }
}

/** Runs at most once; every caller gets the same end. */
function once(work: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined
  return () => {
    ended ??= work()
    return ended
  }
}
