import type { ScheduleId, WorkspaceId } from '@molecule/contract/id'
import type { Queryable, ScheduleRow, Tx } from '../../db/tables.ts'
import type { OrgScope } from '../identity/principal.ts'

/** By name. */
export const schedulesOf = (db: Queryable, workspaceId: WorkspaceId): Promise<ScheduleRow[]> =>
  db
    .selectFrom('schedules')
    .selectAll()
    .where('workspaceId', '=', workspaceId)
    .orderBy('name')
    .execute()

/** Of all workspaces, by theirs and their name. */
export const schedulesOfOrg = (db: Queryable, { orgId }: OrgScope): Promise<ScheduleRow[]> =>
  db
    .selectFrom('schedules')
    .selectAll()
    .where('orgId', '=', orgId)
    .orderBy('workspaceId')
    .orderBy('name')
    .execute()

export const scheduleById = (db: Queryable, id: string): Promise<ScheduleRow | undefined> =>
  db
    .selectFrom('schedules')
    .selectAll()
    .where('id', '=', id as ScheduleId)
    .executeTakeFirst()

/** With their workspace they go, and what they had asked for ends with it. */
export async function deleteSchedulesOf(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  const own = tx.selectFrom('schedules').select('id').where('workspaceId', '=', workspaceId)
  await tx.deleteFrom('scheduleRuns').where('scheduleId', 'in', own).execute()
  await tx.deleteFrom('schedules').where('workspaceId', '=', workspaceId).execute()
}

/** Newest first, with what became of the work. */
export const runsOf = (db: Queryable, id: ScheduleId, limit: number) =>
  db
    .selectFrom('scheduleRuns')
    .leftJoin('tasks', 'tasks.id', 'scheduleRuns.taskId')
    .selectAll('scheduleRuns')
    .select('tasks.status as taskStatus')
    .where('scheduleId', '=', id)
    .orderBy('slotAt', 'desc')
    .limit(limit)
    .execute()

/** Some of those whose time has come, the longest waiting first. */
export const dueSchedules = (db: Queryable, now: number, limit: number) =>
  db
    .selectFrom('schedules')
    .select(['id', 'workspaceId', 'orgId'])
    .where('enabled', '=', 1)
    .where('nextRunAt', '<=', now)
    .orderBy('nextRunAt')
    .orderBy('id')
    .limit(limit)
    .execute()
