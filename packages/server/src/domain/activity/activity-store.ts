import type { ActivityType } from '@molecule/contract/activity'
import type { WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db } from '../../db/tables.ts'
import { DomainError } from '../error.ts'

/** An entry with the texts it tells of: its own bodies, or those of its task. */
export type FullActivity = Awaited<ReturnType<typeof listActivity>>[number]

export type ActivityFilter = {
  type?: ActivityType | undefined
  source?: 'canvas' | 'agent' | undefined
  method?: string | undefined
  peerId?: string | undefined
  /** Strictly after this number, oldest first. */
  after?: number | undefined
  /** Strictly before this number, newest first. */
  before?: number | undefined
  /** No older than that. */
  withinMs?: number | undefined
  createdBefore?: number | undefined
  limit: number
}

export const withTexts = (db: Db) =>
  db
    .selectFrom('activity')
    .leftJoin('activityBodies', 'activityBodies.activityId', 'activity.id')
    .leftJoin('taskRequests', 'taskRequests.taskId', 'activity.taskId')
    .leftJoin('taskResults', 'taskResults.taskId', 'activity.taskId')
    .selectAll('activity')
    .select([
      'activityBodies.request',
      'activityBodies.response',
      'activityBodies.toolTrace',
      'taskRequests.text as requestText',
      'taskResults.text as resultText',
    ])

const entries = (db: Db, id: WorkspaceId) => withTexts(db).where('activity.workspaceId', '=', id)

/** What a workspace reports of itself is no message to it, whatever type it gives it. */
const isInbound = (type: ActivityType) => type === 'a2a_receive'

export async function listActivity(db: Db, id: WorkspaceId, filter: ActivityFilter) {
  const { type, source, method, peerId, after, before, withinMs, createdBefore } = filter
  const createdAfter = withinMs === undefined ? undefined : (await dbNow(db)) - withinMs
  return entries(db, id)
    .$if(type !== undefined, (q) => q.where('activity.type', '=', type as ActivityType))
    .$if(type !== undefined && isInbound(type), (q) => q.where('activity.direction', '=', 'in'))
    .$if(source === 'canvas', (q) => q.where('activity.sourceId', 'is', null))
    .$if(source === 'agent', (q) => q.where('activity.sourceId', 'is not', null))
    .$if(method !== undefined, (q) => q.where('activity.method', '=', method ?? ''))
    .$if(peerId !== undefined, (q) =>
      q.where((is) =>
        is.or([
          is('activity.sourceId', '=', peerId ?? ''),
          is('activity.targetId', '=', peerId ?? ''),
        ]),
      ),
    )
    .$if(after !== undefined, (q) => q.where('activity.seq', '>', after ?? 0))
    .$if(before !== undefined, (q) => q.where('activity.seq', '<', before ?? 0))
    .$if(createdAfter !== undefined, (q) => q.where('activity.createdAt', '>=', createdAfter ?? 0))
    .$if(createdBefore !== undefined, (q) => q.where('activity.createdAt', '<', createdBefore ?? 0))
    .orderBy('activity.seq', after === undefined ? 'desc' : 'asc')
    .limit(filter.limit)
    .execute()
}

export async function findActivity(
  db: Db,
  id: WorkspaceId,
  activityId: string,
): Promise<FullActivity | undefined> {
  return entries(db, id).where('activity.id', '=', activityId).executeTakeFirst()
}

/** The number of the entry that a reader has come to. One that is gone, or of another log, is no place to read on from. */
export async function positionOf(db: Db, id: WorkspaceId, activityId: string): Promise<number> {
  const row = await db
    .selectFrom('activity')
    .select('seq')
    .where('workspaceId', '=', id)
    .where('id', '=', activityId)
    .executeTakeFirst()
  if (row) return row.seq
  throw new DomainError('gone', 'the entry you read up to is not in this log any more', {
    hint: 'Begin anew without since_id, for example with since_secs=600.',
  })
}

export async function newestSeq(db: Db, id: WorkspaceId): Promise<number> {
  const row = await db
    .selectFrom('activity')
    .select((is) => is.fn.max('seq').as('seq'))
    .where('workspaceId', '=', id)
    .executeTakeFirst()
  return row?.seq ?? 0
}

/** Entries that hold the words anywhere, in any case, newest first. */
export async function searchActivity(
  db: Db,
  id: WorkspaceId,
  { words, limit }: { words: string; limit: number },
): Promise<FullActivity[]> {
  const pattern = `%${words.toLowerCase().replaceAll(/[\\%_]/g, (one) => `\\${one}`)}%`
  const has = (column: string) =>
    sql<boolean>`lower(${sql.ref(column)}) like ${pattern} escape '\\'`
  return entries(db, id)
    .where((is) => is.or(searched.map(has)))
    .orderBy('activity.seq', 'desc')
    .limit(limit)
    .execute()
}

const searched = [
  'activity.summary',
  'activity.method',
  'activity.errorDetail',
  'activityBodies.request',
  'activityBodies.response',
  'taskRequests.text',
  'taskResults.text',
]
