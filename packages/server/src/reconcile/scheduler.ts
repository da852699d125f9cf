import { dbNow } from '../db/dialect/dialect.ts'
import type { Db } from '../db/tables.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { failDue, fireDue } from '../domain/schedule/schedule-fire.ts'
import { dueSchedules } from '../domain/schedule/schedule-store.ts'
import type { Controller, Log } from './supervise.ts'

const EVERY_MS = 1000
const PAGE = 50
const AT_ONCE = 4

type Due = Awaited<ReturnType<typeof dueSchedules>>[number]

/**
 * Asks for the work whose time has come. Asking is all: no schedule waits for the work of another, and each is moved on in a
 * transaction of its own, on whichever replica is first.
 */
export function scheduler({ db, log }: { db: Db; log: Log }): Controller {
  return {
    name: 'schedules',
    everyMs: EVERY_MS,
    async round(signal) {
      for (let isMore = true; isMore && !signal.aborted; ) {
        const due = await dueSchedules(db, await dbNow(db), PAGE)
        isMore = due.length === PAGE
        await eachOf(due, (one) => take(db, log, one))
      }
    },
  }
}

/** Begins anywhere, so that replicas with one list do not wait for each other at every entry. */
async function eachOf(due: readonly Due[], work: (one: Due) => Promise<void>): Promise<void> {
  const first = Math.floor(Math.random() * due.length)
  const rest = [...due.slice(first), ...due.slice(0, first)].values()
  const worker = async () => {
    for (const one of rest) await work(one)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}

async function take(db: Db, log: Log, one: Due): Promise<void> {
  try {
    await fireDue(db, scopeOf({ kind: 'system', orgId: one.orgId }), one)
  } catch (error) {
    log.warn({ schedule: one.id, error }, 'a schedule could not be fired')
    await failDue(db, one, error)
  }
}
