import { randomUUID } from 'node:crypto'
import type { RecordDelegation, UpdateDelegation } from '@molecule/contract/delegation'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { preview } from '../../lib/preview.ts'
import { redact } from '../../lib/redact.ts'
import { hashRequest } from '../../lib/token.ts'
import { logAsked } from '../activity/activity-log.ts'
import { DomainError } from '../error.ts'
import { recordTask } from '../event/record.ts'
import type { OrgScope } from '../identity/principal.ts'
import { checkPair } from './task-create.ts'
import { DEFAULT_DEADLINE_MS } from './task-deadline.ts'
import { moveTask } from './task-status.ts'
import { taskById } from './task-store.ts'

const PREVIEW_LENGTH = 200

/**
 * A delegation that its caller carries out by itself. It is in the ledger under the caller's own id, is handed to nobody, and
 * ends when the caller says so or its time is over. The same report again changes nothing.
 */
export async function recordDelegation(
  db: Db,
  scope: OrgScope,
  caller: WorkspaceId,
  input: RecordDelegation,
): Promise<TaskRow> {
  return transact(db, async (tx) => {
    const requestHash = hashRequest([input.target_id, input.task])
    for (const id of [caller, input.target_id].sort()) await lockRow(tx, 'workspaces', id)
    const known = await taskById(tx, input.delegation_id as TaskId)
    if (known) return sameReport(known, caller, requestHash)
    const request = {
      caller: { kind: 'workspace' as const, id: caller },
      calleeId: input.target_id,
    }
    const callee = await checkPair(tx, scope, request)
    const row = await insertRecorded(tx, { caller, calleeId: callee.id, requestHash, scope, input })
    await tx.insertInto('taskRequests').values({ taskId: row.id, text: input.task }).execute()
    await logAsked(tx, row)
    await recordTask(tx, 'SENT', row, { actor: `workspace:${caller}` })
    return row
  })
}

function sameReport(known: TaskRow, caller: WorkspaceId, requestHash: string): TaskRow {
  const isSame = known.callerId === caller && known.requestHash === requestHash
  if (isSame && known.isRecorded === 1) return known
  throw new DomainError('id_taken', 'another delegation has this id', {
    hint: 'Choose a new random id for each delegation.',
  })
}

type Recorded = {
  caller: WorkspaceId
  calleeId: WorkspaceId
  requestHash: string
  scope: OrgScope
  input: RecordDelegation
}

async function insertRecorded(
  tx: Tx,
  { caller, calleeId, requestHash, scope, input }: Recorded,
): Promise<TaskRow> {
  const now = await dbNow(tx)
  return tx
    .insertInto('tasks')
    .values({
      id: input.delegation_id as TaskId,
      orgId: scope.orgId,
      contextId: randomUUID(),
      traceId: randomUUID().replaceAll('-', ''),
      callerKind: 'workspace',
      callerId: caller,
      calleeId,
      parentTaskId: null,
      depth: 0,
      status: 'dispatched',
      preview: preview(input.task.trim(), PREVIEW_LENGTH),
      attempt: 0,
      fence: 0,
      retryCount: 0,
      maxAttempts: 1,
      nextAttemptAt: now,
      deadline: now + DEFAULT_DEADLINE_MS,
      deadlineIsHard: 0,
      requestHash,
      isRecorded: 1,
      rev: 1,
      createdAt: now,
      updatedAt: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** What the caller says of it now. One that has ended, or that is ours to carry out, stays as it is. */
export async function updateDelegation(
  db: Db,
  caller: WorkspaceId,
  id: string,
  update: UpdateDelegation,
): Promise<TaskRow> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'tasks', id)
    const row = await taskById(tx, id as TaskId)
    if (row?.callerKind !== 'workspace' || row.callerId !== caller) throw unknown(id)
    if (row.endedAt !== null || row.isRecorded === 0) return row
    return (await apply(tx, row, update)) ?? row
  })
}

async function apply(tx: Tx, row: TaskRow, update: UpdateDelegation): Promise<TaskRow | undefined> {
  const { status, error, response_preview: response } = update
  if (status === 'completed') return moveTask(tx, row.id, 'complete', { result: response ?? '' })
  if (status === 'failed') return moveTask(tx, row.id, 'fail', { error: told(error, response) })
  const now = await dbNow(tx)
  const alive = { lastHeartbeat: now, lastProgressAt: now }
  const begun =
    status === 'in_progress' && row.status !== 'in_progress'
      ? await moveTask(tx, row.id, 'begin', alive)
      : undefined
  if (begun) return begun
  return tx
    .updateTable('tasks')
    .set({ ...alive, deadline: now + DEFAULT_DEADLINE_MS })
    .where('id', '=', row.id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

const told = (error: string | undefined, response: string | undefined) => ({
  code: 'failed',
  detail: redact(error || response || 'Its caller reported that it failed, without a reason.'),
  hint: 'The workspace that delegated it knows more: look at its log.',
})

const unknown = (id: string) =>
  new DomainError('unknown_delegation', `delegation ${id} is not known`, {
    hint: 'Record it first; if that is under way, try again in a moment.',
  })
