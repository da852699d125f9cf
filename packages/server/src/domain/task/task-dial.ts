import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { WorkItem } from '@molecule/contract/work'
import type { DeliveryMode } from '@molecule/contract/workspace'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { AttemptRow, Db, TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { backoff } from '../../lib/backoff.ts'
import { isFenced } from '../error.ts'
import { EXTERNAL } from '../workspace/external.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { startAttempt } from './task-attempt.ts'
import { endAttempt } from './task-attempt-end.ts'
import { leaseAttempts, nextLeaseIn } from './task-lease.ts'
import { questionsOf, saveQuestion } from './task-question-store.ts'
import * as reasons from './task-reason.ts'
import { moveTask } from './task-status.ts'
import { findAttempt, taskById } from './task-store.ts'

/** Whoever calls an agent renews this; what is not renewed was left behind by a server that died. */
const DIAL_LEASE_MS = 60_000
const UNSENT_RETRY = { first: 1000, most: 60_000 }

/** An attempt that is carried out by calling the agent of a workspace. */
export type Dial = {
  taskId: TaskId
  attempt: number
  fence: number
  workspace: WorkspaceRow
  contextId: string
  /** What to send. */
  text: string
  /** The agent has it already under this name. */
  remoteTaskId: string | null
  /** The agent asked in this task of its own, and the text is the answer. */
  answers: string | null
}

type DialRef = Pick<Dial, 'taskId' | 'attempt' | 'fence'>

/** Takes what is due of all workspaces whose agents are called. It counts as begun before anything is sent. */
export async function leaseDials(db: Db, called: WorkspaceId[]): Promise<Dial[]> {
  const dials: Dial[] = []
  for (const workspace of await waitedFor(db, called)) {
    const { id: workspaceId, incarnation, maxConcurrentTasks } = workspace
    const host = { workspaceId, incarnation, leaseMs: DIAL_LEASE_MS }
    if ((await nextLeaseIn(db, host)) !== 0) continue
    for (const item of await leaseAttempts(db, host, maxConcurrentTasks)) {
      const { task_id, attempt, fence } = item
      const isStarted = await startAttempt(db, host, { task_id, attempt, fence }).then(
        () => true,
        (error: unknown) => {
          if (isFenced(error)) return false
          throw error
        },
      )
      if (isStarted) dials.push(await dialOf(db, workspace, item))
    }
  }
  return dials
}

const byMode = prepared((db, { mode }: { mode: DeliveryMode }) =>
  db
    .selectFrom('workspaces')
    .select('id')
    .where('deliveryMode', '=', mode)
    .where('backend', '=', EXTERNAL),
)

/** Workspaces whose agents are called. Most organizations have none, and a look costs them next to nothing. */
export const calledWorkspaces = async (db: Db): Promise<WorkspaceId[]> =>
  (await byMode(db, { mode: 'push' })).map(({ id }) => id)

/** Those of them that are wanted, have an address, and that something waits for. */
const waitedFor = (db: Db, ids: WorkspaceId[]): Promise<WorkspaceRow[]> =>
  db
    .selectFrom('workspaces')
    .selectAll()
    .where('id', 'in', ids)
    .where('desiredState', '=', 'running')
    .where('url', 'is not', null)
    .where((is) =>
      is.exists(
        is
          .selectFrom('tasks')
          .select('tasks.id')
          .whereRef('tasks.calleeId', '=', 'workspaces.id')
          .where('tasks.endedAt', 'is', null),
      ),
    )
    .orderBy('id')
    .execute()

/** The answer to a question goes to the task that asked; everything else is a task of its own. */
async function dialOf(db: Db, workspace: WorkspaceRow, item: WorkItem): Promise<Dial> {
  const { task_id: taskId, attempt, fence, context_id: contextId, text } = item
  const dial = { taskId, attempt, fence, workspace, contextId, text, remoteTaskId: null }
  const asked = (await questionsOf(db, taskId)).find((each) => each.attempt === attempt - 1)
  const before = asked && (await findAttempt(db, { taskId, no: asked.attempt }))
  if (!asked?.answer || !before?.remoteTaskId) return { ...dial, answers: null }
  return { ...dial, text: asked.answer, answers: before.remoteTaskId }
}

/** Takes over the calls of a server that died: known to the agent by a name, they are asked for again; else their outcome is unknown. */
export async function takeOverDials(db: Db, called: WorkspaceId[]): Promise<Dial[]> {
  const taken: Dial[] = []
  for (const { taskId, no } of await abandoned(db, called)) {
    const dial = await transact(db, (tx) => takeOver(tx, taskId, no))
    if (dial) taken.push(dial)
  }
  return taken
}

const abandoned = async (db: Db, called: WorkspaceId[]) =>
  db
    .selectFrom('taskAttempts')
    .select(['taskId', 'no'])
    .where('workspaceId', 'in', called)
    .where('endedAt', 'is', null)
    .where('startedAt', 'is not', null)
    .where('leaseExpiresAt', '<=', await dbNow(db))
    .orderBy('taskId')
    .execute()

async function takeOver(tx: Tx, taskId: TaskId, no: number): Promise<Dial | undefined> {
  await lockRow(tx, 'tasks', taskId)
  const now = await dbNow(tx)
  const attempt = await findAttempt(tx, { taskId, no })
  const task = await taskById(tx, taskId)
  const isTaken = !attempt || attempt.endedAt !== null || attempt.leaseExpiresAt > now
  if (isTaken || !task) return undefined
  const workspace = await workspaceById(tx, attempt.workspaceId)
  if (attempt.remoteTaskId === null || !workspace?.url) {
    await loseIn(tx, task, attempt)
    return undefined
  }
  await renewIn(tx, attempt, now)
  const { fence, remoteTaskId } = attempt
  const { contextId } = task
  return { taskId, attempt: no, fence, workspace, contextId, text: '', remoteTaskId, answers: null }
}

const renewIn = (tx: Tx, { taskId, no }: Pick<AttemptRow, 'taskId' | 'no'>, now: number) =>
  tx
    .updateTable('taskAttempts')
    .set({ leaseExpiresAt: now + DIAL_LEASE_MS })
    .where('taskId', '=', taskId)
    .where('no', '=', no)
    .execute()

/** Says that this server still sees to a call. */
export async function keepDial(db: Db, { taskId, attempt: no }: DialRef): Promise<void> {
  await transact(db, async (tx) => renewIn(tx, { taskId, no }, await dbNow(tx)))
}

export async function isCancelRequested(db: Db, { taskId }: DialRef): Promise<boolean> {
  const task = await taskById(db, taskId)
  return task?.cancelRequestedAt != null
}

/** Keeps the name under which the agent knows the work, before anything else is done with it. */
export async function nameDial(db: Db, ref: DialRef, remoteTaskId: string): Promise<void> {
  await transact(db, (tx) =>
    tx
      .updateTable('taskAttempts')
      .set({ remoteTaskId })
      .where('taskId', '=', ref.taskId)
      .where('no', '=', ref.attempt)
      .where('fence', '=', ref.fence)
      .execute(),
  )
}

/** Nothing was sent, for certain: the same attempt is due again after a pause, and costs no try. */
export async function unsendDial(db: Db, { taskId, attempt: no, fence }: DialRef): Promise<void> {
  await transact(db, async (tx) => {
    await lockRow(tx, 'tasks', taskId)
    const attempt = await findAttempt(tx, { taskId, no })
    if (!attempt || attempt.fence !== fence || attempt.endedAt !== null) return
    const pause = backoff(attempt.deliveries, UNSENT_RETRY)
    await tx
      .updateTable('taskAttempts')
      .set({ startedAt: null, leaseExpiresAt: (await dbNow(tx)) + pause })
      .where('taskId', '=', taskId)
      .where('no', '=', no)
      .execute()
  })
}

/** It was sent, and what became of it cannot be known: never sent again by itself. */
export async function loseDial(db: Db, { taskId, attempt: no, fence }: DialRef): Promise<void> {
  await transact(db, async (tx) => {
    await lockRow(tx, 'tasks', taskId)
    const attempt = await findAttempt(tx, { taskId, no })
    const task = await taskById(tx, taskId)
    if (task && attempt?.fence === fence && attempt.endedAt === null)
      await loseIn(tx, task, attempt)
  })
}

async function loseIn(tx: Tx, task: TaskRow, attempt: AttemptRow): Promise<void> {
  await endAttempt(tx, attempt, 'lost', reasons.callLost)
  if (task.endedAt !== null) return
  if (task.cancelRequestedAt !== null)
    await moveTask(tx, task.id, 'cancel', { error: reasons.canceled })
  else await moveTask(tx, task.id, 'stick', { error: reasons.callLost })
}

/** What the agent asked, kept so that the end of the attempt makes the task wait for the answer. */
export async function keepQuestion(
  db: Db,
  { taskId, attempt }: DialRef,
  text: string,
): Promise<void> {
  await transact(db, (tx) => saveQuestion(tx, { taskId, attempt, text }))
}

export const dialHost = ({
  workspace,
}: Dial): { workspaceId: WorkspaceId; incarnation: number } => ({
  workspaceId: workspace.id,
  incarnation: workspace.incarnation,
})
