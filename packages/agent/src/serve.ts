import type { Enrolment } from '@molecule/contract/host'
import type { Reason } from '@molecule/contract/workspace'
import { adapterFor } from './adapters.ts'
import { agentLink } from './agent-link.ts'
import type { Boot } from './boot.ts'
import { configKeeper, layConfig } from './config.ts'
import type { HostSettings } from './host-settings.ts'
import type { Journal } from './journal.ts'
import type { Life } from './life.ts'
import { preparePlace } from './place.ts'
import { fetchSecrets } from './secrets.ts'
import type { ServerAddress } from './server-address.ts'
import { type ServerLink, serverLink } from './server-link.ts'
import { work } from './work.ts'

export type Serving = {
  readonly settings: HostSettings
  readonly boot: Boot
  readonly journal: Journal
  readonly enrolment: Enrolment
  readonly life: Life
  readonly address: ServerAddress
  readonly onAnswer: () => void
}

/** Works for the server that took the enrolment, until the life of the host ends. */
export async function serve(serving: Serving): Promise<void> {
  const { settings, boot, journal, enrolment, life, address, onAnswer } = serving
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
    if (reason) return await giveUp(serving, link, reason)
    settings.log('info', 'enrolled and ready', { runtime: enrolment.runtime })
    await work({
      ...settings,
      ...{ journal, life, address, link, agent, adapter, config },
      maxAtOnce: enrolment.max_concurrent_tasks,
      beatEveryMs: enrolment.beat_every_ms,
    })
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
