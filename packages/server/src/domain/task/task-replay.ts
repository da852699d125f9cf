import type { WorkspaceId } from '@molecule/contract/id'
import type { TaskRow, Tx } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import type { TaskRequest } from './task-request.ts'
import { taskById } from './task-store.ts'

const MINUTE_MS = 60_000
/** A key lives until ten minutes after its task ended, and never longer than a day. */
const KEY_AFTER_END_MS = 10 * MINUTE_MS
const KEY_MOST_MS = 24 * 60 * MINUTE_MS

/** The task that this very request made before, if its key or message id is known. */
export async function findReplay(
  tx: Tx,
  request: TaskRequest,
  { requestHash, now }: { requestHash: string; now: number },
): Promise<TaskRow | undefined> {
  const byKey = await findByKey(tx, request)
  if (byKey && keyLives(byKey, now))
    return sameRequest(byKey, requestHash, 'idempotency_key_reused')
  const byMessage = await findByMessage(tx, request)
  if (!byMessage || (byMessage.isKey && !keyLives(byMessage.task, now))) return undefined
  return sameRequest(byMessage.task, requestHash, 'message_id_reused', byMessage.requestHash)
}

/** Frees a key whose time is over for the task that takes it now. */
export async function forgetKey(tx: Tx, request: TaskRequest): Promise<void> {
  if (request.idempotencyKey === undefined) return
  await tx
    .updateTable('tasks')
    .set({ idempotencyKey: null })
    .where('callerKind', '=', request.caller.kind)
    .where('callerId', '=', request.caller.id)
    .where('idempotencyKey', '=', request.idempotencyKey)
    .execute()
}

async function findByKey(tx: Tx, request: TaskRequest) {
  if (request.idempotencyKey === undefined) return undefined
  return tx
    .selectFrom('tasks')
    .selectAll()
    .where('callerId', '=', request.caller.id)
    .where('callerKind', '=', request.caller.kind)
    .where('idempotencyKey', '=', request.idempotencyKey)
    .executeTakeFirst()
}

/** Under what a message is known that may come again: a key serves where there is no id of its own. */
export const messageIdOf = ({ messageId, idempotencyKey }: TaskRequest): string | undefined =>
  messageId ?? (idempotencyKey === undefined ? undefined : `key:${idempotencyKey}`)

async function findByMessage(tx: Tx, request: TaskRequest) {
  const messageId = messageIdOf(request)
  if (messageId === undefined) return undefined
  const message = await tx
    .selectFrom('messages')
    .select(['taskId', 'requestHash'])
    .where('callerId', '=', request.caller.id)
    .where('targetId', '=', request.calleeId as WorkspaceId)
    .where('messageId', '=', messageId)
    .executeTakeFirst()
  const task = message && (await taskById(tx, message.taskId))
  const isKey = request.messageId === undefined
  return task && { task, requestHash: message.requestHash, isKey }
}

const keyLives = (task: TaskRow, now: number) =>
  now < task.createdAt + KEY_MOST_MS &&
  (task.endedAt === null || now < task.endedAt + KEY_AFTER_END_MS)

function sameRequest(
  task: TaskRow,
  requestHash: string,
  code: 'idempotency_key_reused' | 'message_id_reused',
  former = task.requestHash,
): TaskRow {
  if (former === requestHash) return task
  throw new DomainError(code, 'this key was used before for a different request', {
    hint: 'Use a new key for new work; repeat a key only with the same target and text.',
    extra: { task_id: task.id },
  })
}
