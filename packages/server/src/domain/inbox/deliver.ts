import type { ScheduleId, WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import { lockRow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { InboxRow, TaskRow, Tx } from '../../db/tables.ts'
import { logResult } from '../activity/activity-log.ts'
import { wake } from '../wake.ts'

/** Puts the outcome of a task into its caller's inbox, in the transaction of the outcome. People have none: they watch. */
export async function deliverOutcome(tx: Tx, task: TaskRow, result: string | undefined) {
  const text = result ?? task.error?.detail ?? ''
  await deliverToCaller(tx, task, { late: 0, text, createdAt: task.updatedAt })
}

/** A result that came after its task had ended: kept and delivered, marked late. */
export async function deliverLate(tx: Tx, task: TaskRow, result: string, now: number) {
  await deliverToCaller(tx, task, { late: 1, text: result, createdAt: now })
}

/** Tells the workspace that asked that the time of a task is nearly over. */
export function deliverDeadlineNotice(tx: Tx, task: TaskRow, now: number): Promise<void> {
  const at = new Date(task.deadline).toISOString()
  const text = `Task ${task.id} ends unfinished at ${at}: ${task.preview}. Give it more time (molecule task extend), or use what it has printed so far.`
  return deliverNotice(tx, task, { text, createdAt: now })
}

/** Tells the workspace that asked that its agent has a question, and waits for the answer. */
export async function deliverQuestion(tx: Tx, task: TaskRow, question: string): Promise<void> {
  if (task.callerKind !== 'workspace') return
  const text = `Task ${task.id} waits for your answer (molecule task answer): ${question}`
  await deliverNotice(tx, task, { text, createdAt: task.updatedAt })
}

const deliverNotice = (tx: Tx, task: TaskRow, said: Pick<InboxRow, 'text' | 'createdAt'>) =>
  deliver(tx, {
    workspaceId: task.callerId as WorkspaceId,
    orgId: task.orgId,
    kind: 'notice',
    taskId: task.id,
    fromId: task.calleeId,
    status: task.status,
    late: 0,
    ...said,
  })

type Content = Pick<InboxRow, 'late' | 'text' | 'createdAt'>

async function deliverToCaller(tx: Tx, task: TaskRow, content: Content): Promise<void> {
  const workspaceId = await addresseeOf(tx, task)
  if (workspaceId === null) return
  await deliver(tx, {
    workspaceId,
    orgId: task.orgId,
    kind: 'result',
    taskId: task.id,
    fromId: task.calleeId,
    status: task.status,
    ...content,
  })
  if (task.callerKind === 'workspace') await logResult(tx, task, content)
}

/** Who asked; of what the clock asked for, whoever its schedule names. */
async function addresseeOf(tx: Tx, { callerKind, callerId }: TaskRow): Promise<WorkspaceId | null> {
  if (callerKind === 'workspace') return callerId as WorkspaceId
  if (callerKind !== 'schedule') return null
  const schedule = await tx
    .selectFrom('schedules')
    .select('reportTo')
    .where('id', '=', callerId as ScheduleId)
    .executeTakeFirst()
  return schedule?.reportTo ?? null
}

type NewItem = Omit<InboxRow, 'seq' | 'ackedAt'>

/** Appends with the next number of that inbox. The lock on the workspace keeps numbers in commit order. */
async function deliver(tx: Tx, item: NewItem): Promise<void> {
  await lockRow(tx, 'workspaces', item.workspaceId)
  await append(tx, item)
  wake(tx, `inbox:${item.workspaceId}`)
}

const append = prepared((tx, item: NewItem) =>
  tx.insertInto('inbox').values({
    workspaceId: item.workspaceId,
    seq: sql<number>`coalesce((select max(seq) from inbox where workspace_id = ${item.workspaceId}), 0) + 1`,
    orgId: item.orgId,
    kind: item.kind,
    taskId: item.taskId,
    fromId: item.fromId,
    status: item.status,
    late: item.late,
    text: item.text,
    createdAt: item.createdAt,
  }),
)
