import type { Enrolment, JournalReport } from '@molecule/contract/host'
import type { Fetch } from '@molecule/sdk'
import { type Boot, readBoot } from './boot.ts'
import { repeat } from './retry.ts'
import { type LinkSettings, serverLink, verdictOn } from './server-link.ts'

export type EnrolSettings = Pick<
  LinkSettings,
  'clock' | 'random' | 'log' | 'address' | 'onAnswer'
> & {
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
  let boot = await readBoot(settings.hostDir)
  const isWorthAnother = async (error: unknown) => {
    const verdict = verdictOn(error)
    const shown = boot.credential
    boot = await readBoot(settings.hostDir)
    return verdict === 'unreachable' || (verdict === 'refused' && boot.credential !== shown)
  }
  const call = () => showCredential(boot, settings, journal, signal)
  return repeat({ call, isWorthAnother, what: 'enrolling' }, settings, signal)
}

function showCredential(
  { credential, incarnation }: Boot,
  settings: EnrolSettings,
  journal: readonly JournalReport[],
  signal: AbortSignal,
) {
  const { pid, version } = settings
  const body = { incarnation, pid, version, journal: journal.slice(-maxReports) }
  // A refused boot credential may have been renewed: that is decided here, not by the link.
  const link = serverLink({ ...settings, token: credential, onRefused: () => {} })
  return link.call((host, call) => host.enrol(body, call), signal)
}
