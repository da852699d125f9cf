import { join } from 'node:path'
import { endLeftovers } from './adapter/leftovers.ts'
import { forgetBoot, readBoot } from './boot.ts'
import { enrol } from './enrol.ts'
import type { HostSettings } from './host-settings.ts'
import { openJournal } from './journal.ts'
import { type HostEnd, lifeUntil } from './life.ts'
import { serve } from './serve.ts'
import { serverAddress } from './server-address.ts'
import { verdictOn } from './server-link.ts'
import { watch } from './watch.ts'

/** Serves one incarnation of one workspace until it is stopped or nobody can want it any more. */
export async function runHost(settings: HostSettings, signal: AbortSignal): Promise<HostEnd> {
  const { hostDir, clock } = settings
  const boot = await readBoot(hostDir)
  const address = serverAddress(boot, clock)
  const journal = await openJournal(join(boot.home, 'journal.jsonl'))
  const life = lifeUntil(signal)
  let lastAnswerAt = clock.now()
  const onAnswer = () => {
    lastAnswerAt = clock.now()
  }
  const folders = [hostDir, boot.home]
  const watching = watch({ clock, folders, lastAnswerAt: () => lastAnswerAt }, life.signal)
  const watched = watching.then((end) => end && life.end(end))

  try {
    await endLeftovers(journal.open())
    const enrolment = await enrol({ ...settings, address, onAnswer }, journal.open(), life.signal)
    await forgetBoot(hostDir)
    await journal.allReported()
    await serve({ settings, boot, journal, enrolment, life, address, onAnswer })
  } catch (error) {
    const verdict = verdictOn(error)
    if (verdict === 'refused' || verdict === 'fenced') life.end(verdict)
    else if (!life.signal.aborted) throw error
  } finally {
    life.end('stopped')
    await watched
    await journal.close()
  }
  return life.reason()
}
