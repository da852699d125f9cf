import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type Logger, pino } from 'pino'
import type { Backend, OwnerLabel } from './backend/backend.ts'
import { controlPlaneBackend } from './backend/control-plane/control-plane-backend.ts'
import { dockerBackend } from './backend/docker/docker-backend.ts'
import { dockerEngine } from './backend/docker/engine.ts'
import { type ProcessBackendOptions, processBackend } from './backend/process/process-backend.ts'
import { findSandbox } from './backend/process/sandbox.ts'
import { servedBackend } from './backend/serve/served-backend.ts'
import { type Arguments, readArguments, usage } from './boot/arguments.ts'
import { hostServerFile, removeServerFile, writeServerFile } from './boot/server-file.ts'
import { serverLog } from './boot/server-log.ts'
import { StartError } from './boot/start-error.ts'
import { type RunningServer, type StartOptions, startServer } from './boot/start-server.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { DatabaseStartError } from './db/start-error.ts'
import { runDemo } from './demo/run-demo.ts'
import { auditAlone } from './domain/audit/audit.ts'
import { loginLink } from './domain/identity/session.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const VERSION = '0.1.0'
const USAGE_ERROR = 2
const INTERRUPTED = 130
/** What containers run as when this server is root. */
const SOME_USER = 1000

const openHouse =
  'MOLECULE_SERVE_BACKENDS offers process without a sandbox: agents of other servers can read all that this server can, its credentials included'

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2), process.cwd())
  if (!args) return say(usage)
  const config = readConfig()
  const log = openLog(config)
  for (const warning of config.warnings) log.warn(warning)
  if (args.down) return stopAgents(config, log)
  const kept = await sandboxFor(config, args)
  if (config.serve.includes('process') && !kept.sandbox) log.warn(openHouse)
  const server = await startServer(options(config, log, kept))
  await writeServerFile(config.dataDir, server.url)
  const demoEnded = new AbortController()
  onSignal(() => {
    demoEnded.abort()
    return goDown(config, server)
  })
  await greet(config, server)
  if (!args.demo) return
  const repository = resolve(args.repository)
  await runDemo(server, { root, repository, say, signal: demoEnded.signal }).catch((error) => {
    if (error instanceof StartError) throw error
    if (!server.services.closing.aborted)
      log.error({ error }, 'the demo goes on, but can no longer be told here')
  })
}

function openLog({ logLevel }: Config): Logger {
  const standardError = pino.destination({ fd: 2, sync: true })
  return serverLog(logLevel, (line) => standardError.write(line))
}

/** Nobody needs to reach a server that only stops agents: its port may be taken. */
async function stopAgents(config: Config, log: Logger): Promise<void> {
  const server = await startServer(options({ ...config, port: 0 }, log))
  const { orgId, installId: entityId } = server.installation
  const deed = { action: 'server.shutdown', entity: 'server', entityId }
  await auditAlone(server.db, { kind: 'system', orgId }, { ...deed, after: { stop_agents: true } })
  const { agents_stopped: stopped, agents_left: left } = await server.fleet.stopAll()
  await server.close()
  const also = left > 0 ? `; ${left} could not be proven gone: run it again to go on` : ''
  say(`Stopped ${stopped} ${stopped === 1 ? 'agent' : 'agents'}${also}.`)
  process.exitCode = left > 0 ? 1 : 0
}

/** A host mostly waits: less memory is worth more to it than speed. The compile cache is warmed with the same flags. */
const hostFlags = (): string[] =>
  JSON.parse(readFileSync(join(root, 'packages/agent/node-flags.json'), 'utf8'))

/** Hosts of another server dial that one, and are told nothing of this. */
type Whose = 'ours' | 'of another server'

type Kept = Pick<ProcessBackendOptions, 'sandbox' | 'noSandbox'>

/** What agents in a sandbox read besides the system: Node, the agent host, the demo and what it reviews. */
async function sandboxFor({ sandbox, backends }: Config, args: Arguments): Promise<Kept> {
  if (sandbox.mode === 'off' || !backends.includes('process')) return {}
  const parts = ['packages', 'node_modules', 'examples'].map((part) => join(root, part))
  const reviewed = args.demo ? [resolve(args.repository)] : []
  const readable = [...parts, dirname(process.execPath), ...reviewed, ...sandbox.readable]
  const found = await findSandbox(readable)
  if ('sandbox' in found) return found
  if (sandbox.mode === 'auto') return { noSandbox: found.reason }
  throw new StartError(
    `MOLECULE_SANDBOX is on, and bubblewrap does not work here: ${found.reason}`,
    'Install it (apt-get install bubblewrap) and allow user namespaces, or set MOLECULE_SANDBOX to auto.',
  )
}

const processes = (
  { dataDir, environment, compileCacheDir }: Config,
  kept: Kept,
  whose: Whose,
): Backend =>
  processBackend({
    ...kept,
    dataDir,
    hostCommand: [process.execPath, ...hostFlags(), join(root, 'packages/agent/src/main.ts')],
    cliCommand: [process.execPath, join(root, 'packages/cli/src/main.ts')],
    ...(whose === 'ours' ? { serverFile: hostServerFile(dataDir) } : {}),
    env: environment,
    ...(compileCacheDir ? { compileCacheDir } : {}),
  })

const docker = (
  { dataDir, externalUrl, docker: given }: Config,
  owner: OwnerLabel,
  serverUrl: (() => string) | undefined,
): Backend =>
  dockerBackend({
    engine: dockerEngine(given.socketPath),
    owner,
    images: given.images,
    network: given.network,
    limitsOf: (tier) => given.limits[tier === 3 || tier === 4 ? tier : 2],
    user: process.getuid?.() || SOME_USER,
    serverUrl,
    isReachable: externalUrl !== undefined,
    dataDir,
  })

/** What other servers may use, apart from what this one uses itself. */
function served(config: Config, owner: OwnerLabel, kept: Kept): Backend | undefined {
  const whose: Whose = 'of another server'
  const make = {
    process: () => processes(config, kept, whose),
    docker: () => docker(config, owner, undefined),
  }
  const [first, ...others] = config.serve.map((name) => make[name]())
  return first && servedBackend(first, ...others)
}

const options = (config: Config, log: Logger, kept: Kept = {}): StartOptions => ({
  config,
  log,
  version: VERSION,
  files: {
    canvasFolder: join(root, 'packages/canvas/dist'),
    cliPackage: join(root, 'packages/cli/dist/molecule.tgz'),
  },
  templateFolders: [config.templatesDir, join(root, 'examples/organizations')].flatMap(
    (folder) => folder ?? [],
  ),
  backends: (owner, url) => [
    processes(config, kept, 'ours'),
    docker(config, owner, url),
    ...(config.controlPlane ? [controlPlaneBackend(config.controlPlane)] : []),
  ],
  serve: (owner) => served(config, owner, kept),
  onClosed: () => void removeServerFile(config.dataDir).finally(() => process.exit(0)),
  onFatal(error) {
    log.fatal({ error }, 'the database file cannot be used any more')
    process.exit(1)
  },
})

/** Whom the link of the terminal signs in. */
const firstPerson = { name: 'admin', role: 'owner' } as const

async function greet(config: Config, server: RunningServer): Promise<void> {
  const { db, url, installation } = server
  const link = await loginLink(db, {
    ...firstPerson,
    by: { kind: 'system', orgId: installation.orgId },
    url,
  })
  say(`Molecule is ready at ${url}`)
  say(`Log in once, within 15 minutes: ${link.url}`)
  say(`Data folder: ${config.dataDir}`)
  const isOpen = !['127.0.0.1', '::1', 'localhost'].includes(config.host)
  if (isOpen && !config.externalUrl)
    say(
      `Warning: listening on ${config.host}; set EXTERNAL_PLATFORM_URL to the address others use.`,
    )
}

/** The first signal ends cleanly, the second at once. */
function onSignal(end: () => Promise<void>): void {
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (isEnding) process.exit(INTERRUPTED)
      isEnding = true
      void end().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`Molecule did not end cleanly: ${error}\n`)
          process.exit(1)
        },
      )
    })
}

async function goDown(config: Config, server: RunningServer): Promise<void> {
  const agents = await server.fleet.count()
  await server.close()
  await removeServerFile(config.dataDir)
  say('')
  say(
    agents === 0
      ? 'The server has stopped.'
      : `The server has stopped. ${agents} agent${agents === 1 ? ' keeps' : 's keep'} running and wait${agents === 1 ? 's' : ''} for it for up to 24 h; stop them with: npx molecule down`,
  )
}

function fail(error: unknown): never {
  if (error instanceof StartError || error instanceof DatabaseStartError)
    process.stderr.write(`Molecule cannot start. ${error.message}\n${error.hint}\n`)
  else if (error instanceof ConfigError)
    process.stderr.write(
      `Molecule cannot start. A setting is wrong:\n${error.message}\nSee docs/reference/settings.md.\n`,
    )
  else
    process.stderr.write(
      `Molecule cannot start: ${error instanceof Error ? error.stack : String(error)}\n`,
    )
  process.exit(error instanceof StartError && error.hint === usage ? USAGE_ERROR : 1)
}

// A reader that goes away, as `head` does, is no reason to end.
process.stdout.on('error', () => {})
main().catch(fail)
