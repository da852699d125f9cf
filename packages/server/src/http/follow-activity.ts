import type { ActivityEvent } from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import { activityKey } from '../domain/activity/activity-log.ts'
import { type FullActivity, listActivity, newestSeq } from '../domain/activity/activity-store.ts'
import { activityToWire } from '../domain/activity/activity-wire.ts'
import { sharedRounds } from '../lib/shared-rounds.ts'
import type { Services } from './context.ts'

const PAGE = 100

/** Tells of every entry of a log from now on, on any replica: the rows are read at each wake-up. The answer ends it. */
export async function followActivity(
  { db, wakes, log }: Pick<Services, 'db' | 'wakes' | 'log'>,
  id: WorkspaceId,
  send: (event: ActivityEvent) => void,
): Promise<() => void> {
  let isOver = false
  let seen = await newestSeq(db, id)
  const readOn = sharedRounds(async () => {
    for (let isMore = !isOver; isMore && !isOver; ) {
      const rows = await listActivity(db, id, { after: seen, limit: PAGE })
      isMore = rows.length === PAGE
      for (const row of isOver ? [] : rows) send(eventOf(row))
      seen = rows.at(-1)?.seq ?? seen
    }
  })
  const unsubscribe = wakes.subscribe(activityKey(id), () => {
    readOn().catch((error) => log.warn({ error, id }, 'activity could not be read'))
  })
  return () => {
    isOver = true
    unsubscribe()
  }
}

function eventOf(row: FullActivity): ActivityEvent {
  const {
    request_body: _,
    response_body: __,
    data: ___,
    ...entry
  } = activityToWire(row, {
    isListed: true,
  })
  return {
    event: 'ACTIVITY_LOGGED',
    entity: 'activity',
    workspace_id: row.workspaceId,
    entity_id: row.id,
    timestamp: entry.created_at,
    rev: 0,
    actor: `workspace:${row.workspaceId}`,
    payload: entry,
  }
}
