import type { WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { lockRow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { ActivityBodies, ActivityRow, InboxRow, TaskRow, Tx } from '../../db/tables.ts'
import { preview } from '../../lib/preview.ts'
import { wake } from '../wake.ts'

const SUMMARY_LENGTH = 256

type Entry = Omit<ActivityRow, 'id' | 'seq'> & { bodies?: ActivityBodies }

/**
 * Appends with the next number of that workspace. The lock on it keeps numbers in commit order, so that whoever reads on
 * after a number misses nothing.
 */
export async function logActivity(tx: Tx, { bodies, ...entry }: Entry): Promise<string> {
  await lockRow(tx, 'workspaces', entry.workspaceId)
  const id = uuidv7()
  await append(tx, { ...entry, id })
  if (bodies)
    await tx
      .insertInto('activityBodies')
      .values({ activityId: id, ...bodies } as never)
      .execute()
  wake(tx, activityKey(entry.workspaceId))
  return id
}

const append = prepared((tx, row: Omit<ActivityRow, 'seq'>) =>
  tx.insertInto('activity').values({
    id: row.id,
    workspaceId: row.workspaceId,
    seq: sql<number>`coalesce((select max(seq) from activity where workspace_id = ${row.workspaceId}), 0) + 1`,
    orgId: row.orgId,
    direction: row.direction,
    type: row.type,
    sourceKind: row.sourceKind,
    sourceId: row.sourceId,
    targetId: row.targetId,
    method: row.method,
    summary: row.summary,
    status: row.status,
    errorDetail: row.errorDetail,
    durationMs: row.durationMs,
    taskId: row.taskId,
    createdAt: row.createdAt,
  }),
)

/** Wakes who follows the log of a workspace. */
export const activityKey = (id: WorkspaceId) => `activity:${id}`

/** A task was asked for: its callee receives it, a workspace that asks has delegated it. */
export async function logAsked(tx: Tx, task: TaskRow): Promise<void> {
  const isOfWorkspace = task.callerKind === 'workspace'
  const about = {
    orgId: task.orgId,
    sourceKind: task.callerKind,
    sourceId: isOfWorkspace ? task.callerId : null,
    targetId: task.calleeId,
    summary: task.preview,
    status: 'ok',
    errorDetail: null,
    durationMs: null,
    taskId: task.id,
    createdAt: task.createdAt,
  } as const
  if (isOfWorkspace)
    await logActivity(tx, {
      ...about,
      workspaceId: task.callerId as WorkspaceId,
      direction: 'out',
      type: 'delegation',
      method: 'delegate',
    })
  if (task.isRecorded === 0)
    await logActivity(tx, {
      ...about,
      workspaceId: task.calleeId,
      direction: 'in',
      type: 'a2a_receive',
      method: 'message/send',
    })
}

/** What became of a delegation reaches its caller, from the workspace that was asked. */
export async function logResult(
  tx: Tx,
  task: TaskRow,
  { text, late, createdAt }: Pick<InboxRow, 'text' | 'late' | 'createdAt'>,
): Promise<void> {
  const isAnswer = late === 1 || task.status === 'completed'
  await logActivity(tx, {
    workspaceId: task.callerId as WorkspaceId,
    orgId: task.orgId,
    direction: 'in',
    type: 'a2a_receive',
    sourceKind: 'workspace',
    sourceId: task.calleeId,
    targetId: task.callerId,
    method: 'delegate_result',
    summary: preview(text.trim(), SUMMARY_LENGTH),
    status: isAnswer ? 'ok' : 'error',
    errorDetail: isAnswer ? null : text,
    durationMs: createdAt - task.createdAt,
    taskId: task.id,
    createdAt,
    // A task keeps one result; one that came too late is kept here.
    ...(late === 1
      ? {
          bodies: {
            request: { delegation_id: task.id },
            response: { text, delegation_id: task.id, late: true },
            toolTrace: null,
          },
        }
      : {}),
  })
}
