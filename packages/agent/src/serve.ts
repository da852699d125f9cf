import type { Enrolment } from '@molecule/contract/host'
import type { Reason } from '@molecule/contract/workspace'
import type { RuntimeAdapter } from './adapter.ts'
import { adapterFor } from './adapters.ts'
import { type AgentLink, agentLink } from './agent-link.ts'
import { attemptPool, type Held } from './attempt-pool.ts'
import { beater } from './beater.ts'
import type { Boot } from './boot.ts'
import { type ConfigKeeper, configKeeper, layConfig } from './config.ts'
import type { HostSettings } from './host-settings.ts'
import type { Journal } from './journal.ts'
import { leaseLoop } from './lease-loop.ts'
import type { Life } from './life.ts'
import { preparePlace } from './place.ts'
import { fetchSecrets } from './secrets.ts'
import type { ServerAddress } from './server-address.ts'
import { type ServerLink, serverLink } from './server-link.ts'

export type Serving = {
  readonly settings: HostSettings
  readonly boot: Boot
  readonly journal: Journal
  readonly enrolment: Enrolment
  readonly life: Life
  readonly address: ServerAddress
  readonly onAnswer: () => void
}

/** What a host still tells the server after it was asked to stop. */
const lastWordsMs = 2_000

/** Works for the server that took the enrolment, until the life of the host ends. */
export async function serve(serving: Serving): Promise<void> {
  const { settings, boot, enrolment, life, address, onAnswer } = serving
  const link = serverLink({
    ...settings,
    address,
    token: enrolment.host_token,
    onAnswer,
    onRefused: () => life.end('refused'),
  })
  const secrets = await fetchSecrets(link, life.signal)
  if ('reason' in secrets) return giveUp(serving, link, secrets.reason)
  const laid = await layConfig(settings.hostDir, link, life.signal)
  if ('reason' in laid) return giveUp(serving, link, laid.reason)
  const config = configKeeper(settings.hostDir, link, laid)
  const found = { secrets: secrets.values, config }
  const agent = agentLink(enrolment, { address, fetch: settings.fetch })
  const place = await preparePlace({ ...settings, boot, address, agent }, enrolment, found)
  const adapter = await adapterFor(enrolment.runtime, place)
  try {
    const reason = await adapter.fault()
    await (reason ? giveUp(serving, link, reason) : work(serving, { link, agent, adapter, config }))
  } finally {
    await adapter.close?.()
  }
}

async function giveUp({ settings, life }: Serving, link: ServerLink, reason: Reason) {
  settings.log('error', 'this workspace can not be served here', { reason })
  try {
    await link.insist((client, call) => client.fail({ reason }, call), life.signal)
  } finally {
    life.end('cannot_serve')
  }
}

type Tools = {
  readonly link: ServerLink
  readonly agent: AgentLink
  readonly adapter: RuntimeAdapter
  readonly config: ConfigKeeper
}

async function work(serving: Serving, { link, agent, adapter, config }: Tools) {
  const { settings, enrolment, journal, life, address } = serving
  const held: Held = new Map()
  const telling = new AbortController()
  const common = { ...settings, address, link, onFenced: () => life.end('fenced') }

  const beats = beater({
    ...common,
    everyMs: enrolment.beat_every_ms,
    telling: telling.signal,
    attempts: () => held.values(),
    onCancel: (refs) => pool.cancel(refs),
  })
  const pool = attemptPool(
    held,
    {
      journal,
      link,
      agent,
      adapter,
      config,
      beater: beats,
      log: settings.log,
      telling: telling.signal,
    },
    () => leases.freed(),
  )
  const leases = leaseLoop({
    ...common,
    held,
    maxAtOnce: enrolment.max_concurrent_tasks,
    onReply({ attempts, cancel, config_version = 0 }) {
      pool.cancel(cancel)
      for (const leased of attempts) pool.begin(leased, config_version)
    },
  })

  settings.log('info', 'enrolled and ready', { runtime: enrolment.runtime })
  const loops = Promise.all([beats.run(life.signal), leases.run(life.signal)])
  await ended(life.signal)
  const programs = pool.interruptAll()
  if (life.reason() !== 'stopped') telling.abort()
  await programs
  await withinTime(pool.settled(), settings)
  telling.abort()
  await Promise.all([pool.settled(), loops])
}

const ended = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function withinTime(done: Promise<void>, { clock }: HostSettings) {
  const inTime = new AbortController()
  const limit = clock.sleep(lastWordsMs, inTime.signal).catch(() => {})
  await Promise.race([done, limit])
  inTime.abort()
}
