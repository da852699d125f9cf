import type { Db } from '../db/tables.ts'
import { forgetEvents } from '../domain/event/old-events.ts'
import type { Controller, Log } from './supervise.ts'

type Options = { db: Db; log: Log; keepMs: number; everyMs: number }

/** Keeps the log of events from growing for ever. */
export function eventRetention({ db, log, keepMs, everyMs }: Options): Controller {
  return {
    name: 'event-retention',
    everyMs,
    async round(signal) {
      let forgotten = 0
      for (let some = 1; some > 0 && !signal.aborted; forgotten += some)
        some = await forgetEvents(db, keepMs)
      if (forgotten > 0) log.info({ forgotten }, 'forgot old events')
    },
  }
}
