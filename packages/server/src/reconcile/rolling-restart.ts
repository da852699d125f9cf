import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { rollingOrgs, rollOn } from '../domain/workspace/rolling-restart.ts'
import type { Controller } from './supervise.ts'

const ROUND_MS = 1000

/** Restarts those that wait for it, a few at a time. All it knows is in the rows, so another process goes on with it. */
export const rollingRestart = ({ db }: { db: Db }): Controller => ({
  name: 'rolling-restart',
  everyMs: ROUND_MS,
  async round(signal) {
    for (const orgId of await rollingOrgs(db))
      if (!signal.aborted) await transact(db, (tx) => rollOn(tx, orgId))
  },
})
