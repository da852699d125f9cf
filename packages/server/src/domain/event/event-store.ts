import { StoredEvent } from '@molecule/contract/event'
import type { EventRow, Queryable } from '../../db/tables.ts'

/** Stamped events after `since`, in order. */
export async function readEvents(
  db: Queryable,
  orgId: string,
  { since, limit }: { since: number; limit: number },
): Promise<StoredEvent[]> {
  const rows = await db
    .selectFrom('events')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('seq', '>', since)
    .orderBy('seq')
    .limit(limit)
    .execute()
  return rows.map(eventToWire)
}

/** The position of the newest stamped event. */
export async function feedHead(db: Queryable): Promise<number> {
  const head = await db.selectFrom('feedHead').select('seq').executeTakeFirstOrThrow()
  return head.seq
}

const eventToWire = (row: EventRow): StoredEvent =>
  StoredEvent.parse({
    seq: row.seq ?? undefined,
    event: row.event,
    workspace_id: row.workspaceId,
    timestamp: new Date(row.at).toISOString(),
    entity: row.entity,
    entity_id: row.entityId,
    rev: row.rev,
    actor: row.actor,
    payload: row.payload,
  })
