import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reason, Workspace } from '@molecule/contract/workspace'
import { type Client, type Fetch, MoleculeError, moleculeClient } from '@molecule/sdk'
import { endLeftovers } from '../adapter/leftovers.ts'
import type { AdapterSettings, RuntimeAdapter } from '../adapter.ts'
import { adapterFor } from '../adapters.ts'
import { agentLink } from '../agent-link.ts'
import { systemClock } from '../clock.ts'
import { configKeeper } from '../config.ts'
import { type Journal, openJournal } from '../journal.ts'
import { type HostEnd, lifeUntil } from '../life.ts'
import type { Log } from '../log.ts'
import { serverAddress } from '../server-address.ts'
import { type ServerLink, serverLink } from '../server-link.ts'
import { work } from '../work.ts'
import { holdPlace } from './lock.ts'
import { giveBackUnbegun, tellLost } from './tell-lost.ts'
import { whenThere, workClient } from './work-client.ts'

export type BridgeOptions = {
  readonly url: string
  readonly token: string
  readonly workspaceId: string
  /** Which adapter drives the program. */
  readonly runtime: string
  readonly runtimeConfig: Record<string, unknown>
  /** Without one the program takes its own. */
  readonly model: string | undefined
  /** Where the program works. */
  readonly workDir: string
  /** Holds the threads, the journal and the token, for its owner alone. */
  readonly stateDir: string
  readonly maxAtOnce: number
  /** Ends once one task is done. */
  readonly isOnce: boolean
  /** What was interrupted is tried again; else it fails, and no message is ever worked on a second time. */
  readonly isRetried: boolean
  /** Of the person who runs it: their program uses their own logins. */
  readonly env: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly log: Log
}

export type BridgeEnd = { readonly end: HostEnd | 'taken' | 'unusable'; readonly reason?: Reason }

const beatEveryMs = 5000
const killGraceMs = 3000

/**
 * Carries the work of one workspace to a program on this machine and its answers back, until the signal or the server ends it. It dials out alone. What a
 * killed one had begun is ended before anything else and told as lost, so that no task is worked on twice at once; what it had finished is told again.
 */
export async function runBridge(options: BridgeOptions, signal: AbortSignal): Promise<BridgeEnd> {
  const { stateDir } = options
  await mkdir(join(stateDir, 'sessions'), { recursive: true, mode: 0o700 })
  const place = await holdPlace(join(stateDir, 'bridge.sock'))
  if (!place) return { end: 'taken' }
  const journal = await openJournal(join(stateDir, 'journal.jsonl'))
  try {
    await endLeftovers(journal.open())
    return await serve(options, journal, signal)
  } finally {
    await journal.close()
    await place.release()
  }
}

async function serve(
  options: BridgeOptions,
  journal: Journal,
  signal: AbortSignal,
): Promise<BridgeEnd> {
  const { url, token, workspaceId, fetch, log } = options
  const life = lifeUntil(signal)
  const address = serverAddress({ url, serverFile: undefined }, systemClock)
  const client = moleculeClient({ baseUrl: url, token, fetch })
  const common = { clock: systemClock, log, random: Math.random, address }
  let refusal: Reason | undefined
  const onRefused = (why: unknown) => {
    refusal = why instanceof MoleculeError ? reasonOf(why) : undefined
    life.end('refused')
  }
  const calls = workClient({ client, clock: systemClock, ...options })
  const link = serverLink({
    ...common,
    ...{ token, fetch, onAnswer: () => {}, onRefused },
    clientFor: () => calls,
  })
  const telling = { journal, link, client, workspaceId, log }
  try {
    const workspace = await link.insist(() => arrive(client, options), life.signal)
    await tellLost(telling, life.signal)
    const agent = agentLink({ workspace_id: workspace.id, agent_token: token }, { address, fetch })
    const settings = await settingsFor(options, workspace, agent.peers)
    const adapter = await adapterFor(options.runtime, settings)
    try {
      const reason = await adapter.fault()
      if (reason) return { end: 'unusable', reason }
      await workOn(options, { adapter, agent, link, journal, life, common })
      if (life.reason() === 'stopped') await giveBackUnbegun(telling)
    } finally {
      await adapter.close?.()
    }
  } catch (error) {
    if (!life.signal.aborted) throw error
  }
  const end = life.reason()
  return end === 'refused' && refusal ? { end, reason: refusal } : { end }
}

const reasonOf = ({ problem: { code, detail, hint } }: MoleculeError): Reason => ({
  ...{ code, detail, hint },
})

/** Says that it is there, and learns who it is. */
async function arrive(client: Client, { workspaceId, runtime }: BridgeOptions): Promise<Workspace> {
  const workspace = await client.workspaces.get(workspaceId)
  await whenThere(
    client.registry.register({
      id: workspaceId,
      delivery_mode: 'poll',
      agent_card: { name: workspace.name, description: `${runtime}, by a bridge` },
    }),
  )
  return workspace
}

async function settingsFor(
  options: BridgeOptions,
  { name, role }: Workspace,
  peers: AdapterSettings['peers'],
): Promise<AdapterSettings> {
  const { stateDir, workDir, token, env, workspaceId } = options
  const tokenFile = join(stateDir, 'agent-token')
  await writeFile(tokenFile, token, { mode: 0o600 })
  const configDir = join(stateDir, 'config')
  await mkdir(configDir, { recursive: true })
  return {
    ...{ runtime: options.runtime, runtimeConfig: options.runtimeConfig, workspaceId, peers },
    ...{ workDir, hostDir: stateDir, configDir, sessionDir: join(stateDir, 'sessions'), tokenFile },
    platformUrl: () => options.url,
    promptFiles: () => [],
    model: options.model,
    isOfPerson: true,
    agent: { name, role },
    env,
    secrets: {},
    fixedEnv: { MOLECULE_TOKEN_FILE: tokenFile },
    binDir: undefined,
    ...{ killGraceMs, sampleEveryMs: beatEveryMs },
  }
}

type Parts = {
  adapter: RuntimeAdapter
  agent: ReturnType<typeof agentLink>
  link: ServerLink
  journal: Journal
  life: ReturnType<typeof lifeUntil>
  common: Pick<Parameters<typeof work>[0], 'clock' | 'log' | 'random' | 'address'>
}

function workOn(options: BridgeOptions, { adapter, agent, link, journal, life, common }: Parts) {
  const folder = join(options.stateDir, 'config')
  const config = configKeeper(options.stateDir, link, { folder, version: 0, promptFiles: [] })
  return work({
    ...common,
    ...{ adapter, agent, link, journal, life, config },
    maxAtOnce: options.maxAtOnce,
    beatEveryMs,
    ...(options.isOnce ? { onSettled: () => life.end('stopped') } : {}),
  })
}
