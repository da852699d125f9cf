import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { isStartedByUs } from '../domain/workspace/external.ts'
import { lockLive } from '../domain/workspace/lock-live.ts'
import { openTaskCounts } from '../domain/workspace/subtree.ts'
import { hibernateIn } from '../domain/workspace/workspace-hibernate.ts'
import type { Controller, Log } from './supervise.ts'
import { watchedSince } from './watched-since.ts'

type Options = { db: Db; log: Log }

const ROUND_MS = 15_000
const MINUTE_MS = 60_000
const MAX_GAP_MS = 3 * ROUND_MS

/** Lets workspaces sleep that had nothing to do for as long as their `hibernation_idle_minutes`. */
export function idleHibernation({ db, log }: Options): Controller {
  const watched = watchedSince(MAX_GAP_MS)
  return {
    name: 'hibernation',
    everyMs: ROUND_MS,
    async round(signal) {
      const now = await dbNow(db)
      const since = watched(now)
      for (const row of await candidates(db)) {
        if (signal.aborted) return
        if (isIdle(row, now, since) && (await hibernateIdle(db, row, since)))
          log.info({ workspaceId: row.id }, 'hibernates for want of work')
      }
    },
  }
}

async function candidates(db: Db): Promise<WorkspaceRow[]> {
  return db
    .selectFrom('workspaces')
    .selectAll()
    .where('hibernationIdleMinutes', 'is not', null)
    .where('desiredState', '=', 'running')
    .where('status', 'in', ['online', 'degraded'])
    .where(isStartedByUs)
    .execute()
}

/** Counted from its last work, not from its last heartbeat: a healthy host never stops beating. */
function isIdle(row: WorkspaceRow, now: number, watchedSince: number): boolean {
  const { hibernationIdleMinutes, lastActivityAt, provisionStartedAt, desiredState } = row
  if (hibernationIdleMinutes === null || desiredState !== 'running') return false
  const since = Math.max(lastActivityAt ?? 0, provisionStartedAt ?? 0, watchedSince)
  return now - since >= hibernationIdleMinutes * MINUTE_MS
}

/** Looks again under the lock that every new task takes. */
async function hibernateIdle(db: Db, { id, orgId }: WorkspaceRow, watchedSince: number) {
  return transact(db, async (tx) => {
    const system = { kind: 'system', orgId } as const
    const row = await lockLive(tx, system, id)
    const hasWork = ((await openTaskCounts(tx, [row.id])).get(row.id) ?? 0) > 0
    if (hasWork || !isIdle(row, await dbNow(tx), watchedSince)) return false
    await hibernateIn(tx, system, row)
    return true
  })
}
