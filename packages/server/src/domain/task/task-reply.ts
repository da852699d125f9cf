import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { isExternal } from '../workspace/external.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { messageIdOf } from './task-replay.ts'
import type { TaskRequest } from './task-request.ts'
import { moveTask } from './task-status.ts'

/**
 * A client that comes for messages and knows nothing of work answers by a message back: that is the result of the oldest
 * delegation of its receiver to it, and no new work. One that leases its work says itself what it answers.
 */
export async function takeAsReply(
  tx: Tx,
  request: TaskRequest,
  requestHash: string,
): Promise<TaskRow | undefined> {
  const sender = await senderOf(tx, request)
  const asked = sender && (await oldestUntouched(tx, sender, request))
  if (!asked) return undefined
  await lockRow(tx, 'tasks', asked.id)
  const now = await dbNow(tx)
  const attempt = { no: 1, fence: asked.fence + 1 }
  if (!(await moveTask(tx, asked.id, 'dispatch', { attempt: attempt.no, fence: attempt.fence })))
    return undefined
  await tx
    .insertInto('taskAttempts')
    .values({
      ...attempt,
      taskId: asked.id,
      workspaceId: sender.id,
      incarnation: sender.incarnation,
      leasedAt: now,
      leaseExpiresAt: now,
      startedAt: now,
      endedAt: now,
      outcome: 'completed',
    })
    .execute()
  const messageId = messageIdOf(request)
  if (messageId !== undefined) {
    await forgetMessage(tx, request, messageId)
    await tx
      .insertInto('messages')
      .values({
        callerId: request.caller.id,
        targetId: request.calleeId as WorkspaceId,
        messageId,
        taskId: asked.id,
        requestHash,
        createdAt: now,
      })
      .execute()
  }
  return moveTask(tx, asked.id, 'complete', { result: request.text })
}

/** A key whose time is over may be used again. */
const forgetMessage = (tx: Tx, { caller, calleeId }: TaskRequest, messageId: string) =>
  tx
    .deleteFrom('messages')
    .where('callerId', '=', caller.id)
    .where('targetId', '=', calleeId as WorkspaceId)
    .where('messageId', '=', messageId)
    .execute()

async function senderOf(tx: Tx, request: TaskRequest): Promise<WorkspaceRow | undefined> {
  if (request.caller.kind !== 'workspace' || request.parentTaskId !== undefined) return undefined
  const sender = await workspaceById(tx, request.caller.id as WorkspaceId)
  return sender && isExternal(sender) && sender.deliveryMode === 'poll' ? sender : undefined
}

const oldestUntouched = (tx: Tx, sender: WorkspaceRow, { calleeId }: TaskRequest) =>
  tx
    .selectFrom('tasks')
    .selectAll()
    .where('callerKind', '=', 'workspace')
    .where('callerId', '=', calleeId)
    .where('calleeId', '=', sender.id)
    .where('status', '=', 'queued')
    .where('attempt', '=', 0)
    .where('isRecorded', '=', 0)
    .where('endedAt', 'is', null)
    .where('cancelRequestedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
