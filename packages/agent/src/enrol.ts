import type { Enrolment, JournalReport } from '@molecule/contract/host'
import type { Fetch } from '@molecule/sdk'
import { hostClient } from '@molecule/sdk/host'
import { type Boot, readBoot } from './boot.ts'
import { type LinkSettings, pause, serverLink, verdictOn } from './server-link.ts'

export type EnrolSettings = Pick<LinkSettings, 'clock' | 'random' | 'log' | 'onAnswer'> & {
  readonly hostDir: string
  readonly fetch: Fetch
  readonly pid: number
  readonly version: string
}

const maxReports = 1_000

/** Shows the boot credential until the server has answered; a newer one may be put there meanwhile. */
export async function enrol(
  settings: EnrolSettings,
  journal: readonly JournalReport[],
  signal: AbortSignal,
): Promise<Enrolment> {
  for (let failures = 1; ; failures++) {
    const boot = await readBoot(settings.hostDir)
    try {
      return await showCredential(boot, settings, journal, signal)
    } catch (error) {
      if (!(await isWorthAnother(error, boot, settings.hostDir))) throw error
      if (failures === 1) settings.log('warn', 'can not enrol yet, trying again', { error })
    }
    await pause(failures, settings, signal)
  }
}

function showCredential(
  { url, credential, incarnation }: Boot,
  settings: EnrolSettings,
  journal: readonly JournalReport[],
  signal: AbortSignal,
) {
  const { fetch, pid, version } = settings
  const client = hostClient({ baseUrl: url, token: credential, fetch })
  const body = { incarnation, pid, version, journal: journal.slice(-maxReports) }
  // A refused boot credential may have been renewed: that is decided here, not by the link.
  const link = serverLink({ ...settings, client, onRefused: () => {} })
  return link.call((host, call) => host.enrol(body, call), signal)
}

async function isWorthAnother(error: unknown, shown: Boot, hostDir: string) {
  const verdict = verdictOn(error)
  if (verdict !== 'refused') return verdict === 'unreachable'
  return (await readBoot(hostDir)).credential !== shown.credential
}
