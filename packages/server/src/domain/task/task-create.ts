import { randomUUID } from 'node:crypto'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import { v7 as uuidv7 } from 'uuid'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { preview } from '../../lib/preview.ts'
import { hashRequest } from '../../lib/token.ts'
import { logAsked } from '../activity/activity-log.ts'
import { DomainError, notFound } from '../error.ts'
import { recordTask } from '../event/record.ts'
import type { OrgScope } from '../identity/principal.ts'
import { mayTalk } from '../workspace/may-talk.ts'
import { awake } from '../workspace/workspace-hibernate.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'
import { refuseLoop, tellOfLoop } from './loop-breaker.ts'
import { deadlineOf } from './task-deadline.ts'
import { findReplay, forgetKey } from './task-replay.ts'
import { takeAsReply } from './task-reply.ts'
import type { TaskRequest } from './task-request.ts'
import { taskById } from './task-store.ts'

/** `task` is the one that a message answered, where it `isReply`: then there is no new one. */
export type Accepted = { task: TaskRow; replay: boolean; isReply?: true }

const PREVIEW_LENGTH = 200
const DEFAULT_MAX_ATTEMPTS = 3
const MAX_DELEGATION_DEPTH = 16

/** Makes the durable row. Whoever is told "accepted" has a task that outlives every process. */
export async function createTask(db: Db, scope: OrgScope, request: TaskRequest): Promise<Accepted> {
  try {
    return await transact(db, (tx) => createTaskIn(tx, scope, request))
  } catch (error) {
    await tellOfLoop(db, request, error)
    throw error
  }
}

export async function createTaskIn(
  tx: Tx,
  scope: OrgScope,
  request: TaskRequest,
): Promise<Accepted> {
  const now = await dbNow(tx)
  const requestHash = hashRequest([request.calleeId, request.text])
  await lockPair(tx, scope, request)
  const replay = await findReplay(tx, request, { requestHash, now })
  if (replay) return { task: replay, replay: true }
  const actor = `${request.caller.kind}:${request.caller.id}`
  const callee = await awake(tx, await checkPair(tx, scope, request), actor)
  const answered = await takeAsReply(tx, request, requestHash)
  if (answered) return { task: answered, replay: false, isReply: true }
  const parent = await parentOf(tx, request)
  if (parent) await refuseLoop(tx, { request, parent, requestHash })
  const row = await insertTask(tx, request, { callee, parent, requestHash, now })
  await logAsked(tx, row)
  await recordTask(tx, 'SENT', row, { actor })
  return { task: row, replay: false }
}

/**
 * Holds both, so that a wish against the callee and this task see each other, both logs keep their order, and with a key one
 * request at a time looks for it and takes it.
 */
async function lockPair(tx: Tx, scope: OrgScope, request: TaskRequest): Promise<void> {
  const isKeyed = request.idempotencyKey !== undefined || request.messageId !== undefined
  const isOfWorkspace = request.caller.kind === 'workspace'
  if (isKeyed && !isOfWorkspace) await lockRow(tx, 'orgs', scope.orgId)
  const ids = isOfWorkspace ? [request.caller.id, request.calleeId] : [request.calleeId]
  for (const id of ids.sort()) await lockRow(tx, 'workspaces', id)
}

type Facts = {
  callee: WorkspaceRow
  parent: TaskRow | undefined
  requestHash: string
  now: number
}

async function insertTask(tx: Tx, request: TaskRequest, facts: Facts): Promise<TaskRow> {
  const { callee, parent, requestHash, now } = facts
  // Rises with every call, so that tasks of one millisecond keep their order.
  const id = uuidv7() as TaskId
  await forgetKey(tx, request)
  const row = await tx
    .insertInto('tasks')
    .values({
      id,
      orgId: callee.orgId,
      contextId: request.contextId ?? parent?.contextId ?? randomUUID(),
      traceId: parent?.traceId ?? randomUUID().replaceAll('-', ''),
      callerKind: request.caller.kind,
      callerId: request.caller.id,
      calleeId: callee.id,
      parentTaskId: parent?.id ?? null,
      depth: parent ? parent.depth + 1 : 0,
      status: 'queued',
      waitingFor: callee.desiredState === 'paused' ? 'workspace' : null,
      preview: preview(request.text.trim(), PREVIEW_LENGTH),
      attempt: 0,
      fence: 0,
      retryCount: 0,
      maxAttempts: request.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      priority: request.priority,
      startBy: request.startWithinS ? now + request.startWithinS * 1000 : null,
      nextAttemptAt: now,
      deadline: deadlineOf(request, callee, now),
      deadlineIsHard: request.deadlineS ? 1 : 0,
      idempotencyKey: request.idempotencyKey ?? null,
      requestHash,
      retryOf: request.retryOf ?? null,
      rev: 1,
      createdAt: now,
      updatedAt: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx.insertInto('taskRequests').values({ taskId: id, text: request.text }).execute()
  if (request.messageId !== undefined)
    await tx
      .insertInto('messages')
      .values({
        callerId: request.caller.id,
        targetId: callee.id,
        messageId: request.messageId,
        taskId: id,
        requestHash,
        createdAt: now,
      })
      .execute()
  return row
}

/** The workspace that is asked, if the caller may ask it. */
export async function checkPair(
  tx: Tx,
  scope: OrgScope,
  request: Pick<TaskRequest, 'caller' | 'calleeId'>,
): Promise<WorkspaceRow> {
  const { caller, calleeId } = request
  if (caller.kind === 'workspace' && caller.id === calleeId)
    throw new DomainError('self_delegation', 'a workspace cannot delegate to itself', {
      hint: 'Name another workspace, or do the work in this task.',
    })
  const callee = await findWorkspace(tx, scope, calleeId)
  if (!callee) throw notFound('workspace', calleeId)
  if (callee.desiredState === 'removed')
    throw new DomainError('gone', `workspace ${callee.name} was removed`, {
      hint: 'List the workspaces and choose a live one.',
    })
  if (caller.kind === 'workspace' && !(await mayTalk(tx, caller.id as WorkspaceId, callee.id)))
    throw new DomainError('forbidden_pair', `this workspace may not talk to ${callee.name}`, {
      hint: 'Workspaces reach their siblings, those above and those below them.',
    })
  return callee
}

/** The task that the work is part of: one that the caller itself works on now. */
async function parentOf(tx: Tx, request: TaskRequest): Promise<TaskRow | undefined> {
  if (request.parentTaskId === undefined) return undefined
  const parent = await taskById(tx, request.parentTaskId as TaskId)
  const isOwn = request.caller.kind !== 'workspace' || parent?.calleeId === request.caller.id
  if (!parent || !isOwn) throw notFound('parent task', request.parentTaskId)
  if (parent.endedAt !== null || parent.cancelRequestedAt !== null)
    throw new DomainError('already_terminal', `the parent task is ${parent.status}`, {
      hint: 'End this work: nobody waits for it any more.',
      extra: { status: parent.status },
    })
  if (parent.depth + 1 > MAX_DELEGATION_DEPTH)
    throw new DomainError('too_deep', `delegations nest at most ${MAX_DELEGATION_DEPTH} deep`, {
      hint: 'Look for agents that hand the same work on in a circle.',
    })
  return parent
}
