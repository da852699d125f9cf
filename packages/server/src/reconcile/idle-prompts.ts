import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { askWhenIdle, isIdleFor } from '../domain/config/own-prompts.ts'
import { lockLive } from '../domain/workspace/lock-live.ts'
import type { Controller, Log } from './supervise.ts'
import { watchedSince } from './watched-since.ts'

const ROUND_MS = 5000

/** Asks workspaces that have nothing to do what their `idle_prompt` says, every `idle_interval_seconds`. */
export function idlePrompts({ db, log }: { db: Db; log: Log }): Controller {
  const watched = watchedSince(3 * ROUND_MS)
  return {
    name: 'idle-prompts',
    everyMs: ROUND_MS,
    async round(signal) {
      const now = await dbNow(db)
      const since = watched(now)
      for (const row of await candidates(db)) {
        if (signal.aborted) return
        if (isIdleFor(row, { now, watchedSince: since }) && (await ask(db, row, since)))
          log.info({ workspaceId: row.id }, 'is asked its idle prompt')
      }
    },
  }
}

const candidates = (db: Db): Promise<WorkspaceRow[]> =>
  db
    .selectFrom('workspaces')
    .selectAll()
    .where('idleEveryS', 'is not', null)
    .where('desiredState', '=', 'running')
    .where('status', 'in', ['online', 'degraded'])
    .execute()

/** Looks again under the lock that every new task takes. */
const ask = (db: Db, { id, orgId }: WorkspaceRow, since: number) =>
  transact(db, async (tx) => {
    const row = await lockLive(tx, { kind: 'system', orgId }, id)
    return row.desiredState === 'running' && askWhenIdle(tx, row, since)
  })
