import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { Db, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import type { TaskRequest } from './task-request.ts'

/** So many open tasks may be part of one. */
const MAX_FAN_OUT = 100
/** How often the same two may get the same answer within one piece of work. */
const MAX_SAME_ANSWERS = 6
/** How far up the chain of tasks is looked; it is never longer. */
const MAX_CHAIN = 16

type Asked = { request: TaskRequest; parent: TaskRow; requestHash: string }

/** Refuses work that goes round in a circle, judged by the ledger alone. Other edges of the same work go on. */
export async function refuseLoop(tx: Tx, asked: Asked): Promise<void> {
  if (asked.request.caller.kind !== 'workspace') return
  await refuseFanOut(tx, asked.parent)
  await refuseCircle(tx, asked)
  await refuseSameAnswers(tx, asked)
}

async function refuseFanOut(tx: Tx, parent: TaskRow): Promise<void> {
  const open = await tx
    .selectFrom('tasks')
    .select('id')
    .where('parentTaskId', '=', parent.id)
    .where('endedAt', 'is', null)
    .limit(MAX_FAN_OUT)
    .execute()
  if (open.length < MAX_FAN_OUT) return
  throw new DomainError('limit_reached', `a task may wait for ${MAX_FAN_OUT} others at a time`, {
    hint: 'Wait for some of them to end, or hand on larger pieces.',
  })
}

/** The very same request of the same caller to the same workspace is being worked on further up: A asks B asks A. */
async function refuseCircle(tx: Tx, { request, parent, requestHash }: Asked): Promise<void> {
  let above: TaskRow | undefined = parent
  for (let n = 0; above && n < MAX_CHAIN; n++) {
    if (above.callerId === request.caller.id && above.requestHash === requestHash)
      throw loop('the same request is being worked on further up', [above.id])
    above = above.parentTaskId === null ? undefined : await byId(tx, above.parentTaskId)
  }
}

const byId = (tx: Tx, id: TaskId) =>
  tx.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst()

/** Asked again and again, and answered the same every time. */
async function refuseSameAnswers(tx: Tx, { request, parent }: Asked): Promise<void> {
  const last = await tx
    .selectFrom('tasks')
    .innerJoin('taskResults', 'taskResults.taskId', 'tasks.id')
    .select(['tasks.id', 'taskResults.text'])
    .where('tasks.callerId', '=', request.caller.id)
    .where('tasks.traceId', '=', parent.traceId)
    .where('tasks.calleeId', '=', request.calleeId as WorkspaceId)
    .orderBy('tasks.createdAt', 'desc')
    .orderBy('tasks.id', 'desc')
    .limit(MAX_SAME_ANSWERS)
    .execute()
  const isSame = new Set(last.map(({ text }) => text)).size === 1
  if (last.length === MAX_SAME_ANSWERS && isSame)
    throw loop(
      `it has given the same answer ${MAX_SAME_ANSWERS} times in this piece of work`,
      last.map(({ id }) => id),
    )
}

const loop = (why: string, evidence: TaskId[]) =>
  new DomainError('loop_detected', `this delegation would go round in a circle: ${why}`, {
    hint: 'Use the answer that is there, ask for something else, or end this task.',
    extra: { evidence },
  })

/** Whoever watches sees which edge was stopped, and by what it was known. */
export async function tellOfLoop(db: Db, request: TaskRequest, error: unknown): Promise<void> {
  if (!(error instanceof DomainError) || error.code !== 'loop_detected') return
  await transact(db, async (tx) => {
    const caller = await workspaceById(tx, request.caller.id as WorkspaceId)
    if (!caller) return
    const { calleeId: target_id } = request
    const payload = { target_id, reason: error.message, evidence: error.extra?.evidence }
    await recordWorkspace(tx, 'DELEGATION_LOOP_STOPPED', caller, { payload })
  })
}
