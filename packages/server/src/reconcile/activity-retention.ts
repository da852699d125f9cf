import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { activityToWire } from '../domain/activity/activity-wire.ts'
import { forgetActivity, olderThan } from '../domain/activity/old-activity.ts'
import type { Controller, Log } from './supervise.ts'

type Options = {
  db: Db
  log: Log
  /** Where what is forgotten is written first: a file of JSON lines for each day it happened on. */
  folder: string
  keepMs: number
  everyMs: number
}

const PAGE = 500

/** Exports entries that are old enough, then forgets them. A crash between the two exports them once more. */
export function activityRetention({ db, log, folder, keepMs, everyMs }: Options): Controller {
  return {
    name: 'activity-retention',
    everyMs,
    async round(signal) {
      const before = (await dbNow(db)) - keepMs
      let forgotten = 0
      for (let isMore = true; isMore && !signal.aborted; ) {
        const rows = await olderThan(db, before, PAGE)
        isMore = rows.length === PAGE
        if (rows.length === 0) break
        await exportLines(
          folder,
          rows.map((row) => activityToWire(row)),
        )
        await transact(db, (tx) =>
          forgetActivity(
            tx,
            rows.map(({ id }) => id),
          ),
        )
        forgotten += rows.length
      }
      if (forgotten > 0) log.info({ forgotten, folder }, 'exported and forgot old activity')
    },
  }
}

async function exportLines(
  folder: string,
  entries: readonly { created_at: string }[],
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const days = Map.groupBy(entries, ({ created_at }) => created_at.slice(0, 10))
  for (const [day, ofDay] of days) {
    const file = await open(join(folder, `${day}.jsonl`), 'a', 0o600)
    try {
      await file.writeFile(ofDay.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
      await file.sync()
    } finally {
      await file.close()
    }
  }
}
