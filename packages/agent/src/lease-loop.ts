import type { LeaseReply, LeaseRequest } from '@molecule/contract/host'
import type { Held } from './attempt-pool.ts'
import type { Clock } from './clock.ts'
import { linkedAbort } from './linked-abort.ts'
import type { Log } from './log.ts'
import { pause } from './retry.ts'
import type { ServerAddress } from './server-address.ts'
import { type ServerLink, verdictOn } from './server-link.ts'

export type LeaseSettings = {
  readonly link: ServerLink
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly address: ServerAddress
  readonly held: Held
  readonly maxAtOnce: number
  readonly onReply: (reply: LeaseReply) => void
  readonly onFenced: () => void
}

const waitSeconds = 25
/** An answer with no news at once is a fault of the server; asking without a pause would add to it. */
const pauseWithoutNewsMs = 250
const mostPerCall = 100

const noReply: LeaseReply = { attempts: [], cancel: [] }

export type LeaseLoop = {
  /** An attempt has ended, so there may be room for another. */
  freed(): void
  run(signal: AbortSignal): Promise<void>
}

/** Asks for work as long as there is room, and hears of cancels even when there is none. */
export function leaseLoop(settings: LeaseSettings): LeaseLoop {
  const { link, clock, onReply, onFenced } = settings
  let endFullWait = () => {}

  const ask = async (signal: AbortSignal): Promise<'news' | 'nothing'> => {
    using waiting = linkedAbort(signal)
    const request = requestOf(settings)
    // A wait without room hands out nothing, so giving it up loses nothing.
    endFullWait = request.capacity === 0 ? () => waiting.abort() : () => {}
    const begunAt = clock.now()
    const call = link.call((client, call) => client.lease(request, call), waiting.signal)
    const reply = await call.catch((error) =>
      waiting.signal.aborted ? noReply : Promise.reject(error),
    )
    if (reply === noReply) return 'news'
    onReply(reply)
    const isNews = reply.attempts.length + reply.cancel.length > 0
    return isNews || clock.now() - begunAt >= pauseWithoutNewsMs ? 'news' : 'nothing'
  }

  const onFailure = async (error: unknown, failures: number, signal: AbortSignal) => {
    if (verdictOn(error) === 'fenced') onFenced()
    if (failures === 1) settings.log('warn', 'no work can be leased, trying again', { error })
    await pause(failures, settings, signal).catch(() => {})
  }

  return {
    freed: () => endFullWait(),
    async run(signal) {
      for (let failures = 0; !signal.aborted; ) {
        try {
          const heard = await ask(signal)
          failures = 0
          if (heard === 'nothing') await clock.sleep(pauseWithoutNewsMs, signal).catch(() => {})
        } catch (error) {
          await onFailure(error, ++failures, signal)
        }
      }
    },
  }
}

function requestOf({ held, maxAtOnce }: LeaseSettings): LeaseRequest {
  const attempts = [...held.values()]
  return {
    capacity: Math.min(mostPerCall, Math.max(0, maxAtOnce - held.size)),
    wait_s: waitSeconds,
    // One that is being canceled already would end every wait at once.
    running: attempts
      .filter(({ stop }) => !stop.signal.aborted)
      .slice(0, mostPerCall)
      .map(({ leased: { task_id, attempt } }) => ({ task_id, attempt })),
  }
}
