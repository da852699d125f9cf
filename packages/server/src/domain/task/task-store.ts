import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { TaskStatus } from '@molecule/contract/task'
import { sql } from 'kysely'
import { prepared } from '../../db/prepared.ts'
import type { AttemptRow, Queryable, TaskRow } from '../../db/tables.ts'
import { notFound } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import { questionsOf } from './task-question-store.ts'
import type { TaskDetail } from './task-wire.ts'

export async function findTask(
  db: Queryable,
  scope: OrgScope,
  id: string,
): Promise<TaskRow | undefined> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('orgId', '=', scope.orgId)
    .where('id', '=', id as TaskId)
    .executeTakeFirst()
}

const byId = prepared((db, { id }: { id: TaskId }) =>
  db.selectFrom('tasks').selectAll().where('id', '=', id),
)

export async function taskById(db: Queryable, id: TaskId): Promise<TaskRow | undefined> {
  return (await byId(db, { id }))[0]
}

export async function taskDetail(db: Queryable, row: TaskRow): Promise<TaskDetail> {
  const request = await db
    .selectFrom('taskRequests')
    .select('text')
    .where('taskId', '=', row.id)
    .executeTakeFirstOrThrow()
  const result = await db
    .selectFrom('taskResults')
    .select('text')
    .where('taskId', '=', row.id)
    .executeTakeFirst()
  const children = await db
    .selectFrom('tasks')
    .select('id')
    .where('parentTaskId', '=', row.id)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return {
    row,
    text: request.text,
    result: result?.text ?? null,
    attempts: await attemptsOf(db, row.id),
    questions: await questionsOf(db, row.id),
    children: children.map((child) => child.id),
  }
}

export async function attemptsOf(db: Queryable, id: TaskId): Promise<AttemptRow[]> {
  return db.selectFrom('taskAttempts').selectAll().where('taskId', '=', id).orderBy('no').execute()
}

const attemptByNo = prepared((db, { taskId, no }: { taskId: TaskId; no: number }) =>
  db.selectFrom('taskAttempts').selectAll().where('taskId', '=', taskId).where('no', '=', no),
)

export async function findAttempt(
  db: Queryable,
  { taskId, no }: { taskId: TaskId; no: number },
): Promise<AttemptRow | undefined> {
  return (await attemptByNo(db, { taskId, no }))[0]
}

type Filter = {
  statuses?: TaskStatus[]
  workspaceId?: WorkspaceId
  /** Goes on behind this one. */
  before?: string | undefined
  limit: number
}

/** Newest first; `workspaceId` finds tasks it was asked for and tasks it asked for. */
export async function listTasks(
  db: Queryable,
  scope: OrgScope,
  { statuses, workspaceId, before, limit }: Filter,
): Promise<TaskRow[]> {
  const last = before === undefined ? undefined : await findTask(db, scope, before)
  if (before !== undefined && !last) throw notFound('task', before)
  let query = db.selectFrom('tasks').selectAll().where('orgId', '=', scope.orgId)
  if (statuses) query = query.where('status', 'in', statuses)
  if (workspaceId)
    query = query.where((is) =>
      is.or([is('calleeId', '=', workspaceId), is('callerId', '=', workspaceId)]),
    )
  if (last) query = query.where(sql<boolean>`(created_at, id) < (${last.createdAt}, ${last.id})`)
  return query.orderBy('createdAt', 'desc').orderBy('id', 'desc').limit(limit).execute()
}

/** One row for each, newest first; `before` goes on after the last one of a page. */
export async function listDelegations(
  db: Queryable,
  id: WorkspaceId,
  { limit, before }: { limit: number; before?: string | undefined },
) {
  const last = before === undefined ? undefined : await taskById(db, before as TaskId)
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('callerKind', '=', 'workspace')
    .where('callerId', '=', id)
    .$if(last !== undefined, (q) =>
      q.where((is) =>
        is.or([
          is('createdAt', '<', last?.createdAt ?? 0),
          is.and([
            is('createdAt', '=', last?.createdAt ?? 0),
            is('id', '<', last?.id ?? ('' as TaskId)),
          ]),
        ]),
      ),
    )
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
}

/** How far up and down a tree of tasks is followed. */
const MAX_TREE = 32

/** Open tasks that a task's work goes on for: its parents, nearest first, and itself. */
export async function openAncestors(db: Queryable, ids: TaskId[]): Promise<TaskId[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<{ id: TaskId }>`
    with recursive up (id, parent_task_id, depth) as (
      select id, parent_task_id, 0 from tasks where id in (${sql.join(ids)})
      union
      select t.id, t.parent_task_id, up.depth + 1 from tasks t join up on t.id = up.parent_task_id
      where up.depth < ${MAX_TREE}
    )
    select distinct up.id from up join tasks t on t.id = up.id where t.ended_at is null`.execute(db)
  return rows.map((row) => row.id)
}

export async function openDescendants(db: Queryable, id: TaskId): Promise<TaskId[]> {
  const { rows } = await sql<{ id: TaskId }>`
    with recursive down (id, depth) as (
      select id, 0 from tasks where id = ${id}
      union
      select t.id, down.depth + 1 from tasks t join down on t.parent_task_id = down.id
      where down.depth < ${MAX_TREE}
    )
    select distinct down.id from down join tasks t on t.id = down.id
    where t.ended_at is null and down.depth > 0`.execute(db)
  return rows.map((row) => row.id)
}

export async function resultOf(db: Queryable, id: TaskId): Promise<string | null> {
  const found = await db
    .selectFrom('taskResults')
    .select('text')
    .where('taskId', '=', id)
    .executeTakeFirst()
  return found?.text ?? null
}
