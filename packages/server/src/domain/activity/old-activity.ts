import type { Db, Tx } from '../../db/tables.ts'
import { type FullActivity, withTexts } from './activity-store.ts'

/** Entries of all workspaces from before a time, oldest first, without the newest of each: cursors go on from there. */
export async function olderThan(db: Db, before: number, limit: number): Promise<FullActivity[]> {
  return withTexts(db)
    .where('activity.createdAt', '<', before)
    .where((is) =>
      is.exists(
        is
          .selectFrom('activity as newer')
          .select('newer.id')
          .whereRef('newer.workspaceId', '=', 'activity.workspaceId')
          .whereRef('newer.seq', '>', 'activity.seq'),
      ),
    )
    .orderBy('activity.createdAt')
    .orderBy('activity.id')
    .limit(limit)
    .execute()
}

export async function forgetActivity(tx: Tx, ids: string[]): Promise<void> {
  await tx.deleteFrom('activityBodies').where('activityId', 'in', ids).execute()
  await tx.deleteFrom('activity').where('id', 'in', ids).execute()
}
