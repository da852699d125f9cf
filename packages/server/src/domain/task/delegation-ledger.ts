import {
  AdminDelegation,
  type DelegationFilter,
  DelegationStats,
} from '@molecule/contract/delegation'
import type { WorkspaceId } from '@molecule/contract/id'
import { openTaskStatuses, type TaskStatus, taskStatuses } from '@molecule/contract/task'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable, TaskRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import type { OrgScope } from '../identity/principal.ts'
import { NO_DEADLINE } from './task-deadline.ts'
import { moveTask } from './task-status.ts'

const statusesOf = (filter: DelegationFilter): readonly TaskStatus[] =>
  filter === 'in_flight' ? openTaskStatuses : [filter]

/** Newest first, of the whole org. */
export async function ledgerOf(
  db: Queryable,
  scope: OrgScope,
  { filter, limit }: { filter: DelegationFilter; limit: number },
): Promise<TaskRow[]> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('orgId', '=', scope.orgId)
    .where('callerKind', '=', 'workspace')
    .where('status', 'in', statusesOf(filter))
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

export async function delegationStats(db: Queryable, scope: OrgScope): Promise<DelegationStats> {
  const rows = await db
    .selectFrom('tasks')
    .select((is) => ['status', is.fn.countAll<number>().as('count')])
    .where('orgId', '=', scope.orgId)
    .where('callerKind', '=', 'workspace')
    .groupBy('status')
    .execute()
  const counts = new Map(rows.map(({ status, count }) => [status, Number(count)]))
  return DelegationStats.parse(
    Object.fromEntries(taskStatuses.map((status) => [status, counts.get(status) ?? 0])),
  )
}

const time = (ms: number) => new Date(ms).toISOString()

export const adminDelegationToWire = (row: TaskRow): AdminDelegation =>
  AdminDelegation.parse({
    delegation_id: row.id,
    caller_id: row.callerId,
    callee_id: row.calleeId,
    task_preview: row.preview,
    status: row.status,
    ...(row.lastHeartbeat === null ? {} : { last_heartbeat: time(row.lastHeartbeat) }),
    ...(row.deadline === NO_DEADLINE ? {} : { deadline: time(row.deadline) }),
    ...(row.resultPreview === null ? {} : { result_preview: row.resultPreview }),
    ...(row.error === null ? {} : { error_detail: row.error.detail }),
    retry_count: row.retryCount,
    created_at: time(row.createdAt),
    updated_at: time(row.updatedAt),
  })

type Stale = { maxAgeMinutes: number; workspaceId?: WorkspaceId | undefined }

/** Ends what nobody has taken up for so long, and tells who asked; answers how many. */
export async function dropStale(
  db: Db,
  scope: OrgScope,
  { maxAgeMinutes, workspaceId }: Stale,
): Promise<number> {
  const before = (await dbNow(db)) - maxAgeMinutes * 60_000
  const found = await db
    .selectFrom('tasks')
    .select('id')
    .where('orgId', '=', scope.orgId)
    .where('status', '=', 'queued')
    .where('endedAt', 'is', null)
    .where('createdAt', '<', before)
    .$if(workspaceId !== undefined, (q) => q.where('calleeId', '=', workspaceId as WorkspaceId))
    .orderBy('id')
    .execute()
  let dropped = 0
  for (const { id } of found) if (await dropOne(db, id, maxAgeMinutes)) dropped += 1
  return dropped
}

/** One transaction each: a host that takes it up meanwhile wins. */
async function dropOne(db: Db, id: TaskRow['id'], minutes: number): Promise<boolean> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'tasks', id)
    const row = await tx
      .selectFrom('tasks')
      .select('status')
      .where('id', '=', id)
      .executeTakeFirst()
    if (row?.status !== 'queued') return false
    const error = {
      code: 'dropped',
      detail: `Nobody had taken it up within ${minutes} min, and an operator dropped what was so old.`,
      hint: 'Look why the workspace takes no work, then ask again.',
    }
    return (await moveTask(tx, id, 'fail', { error })) !== undefined
  })
}
