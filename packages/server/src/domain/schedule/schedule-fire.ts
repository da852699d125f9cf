import type { ScheduleId, TaskId, WorkspaceId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, ScheduleRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { preview } from '../../lib/preview.ts'
import { recordWorkspace } from '../event/record.ts'
import { type OrgScope, type Principal, scopeOf } from '../identity/principal.ts'
import { createTaskIn } from '../task/task-create.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'
import { auditSchedule, lockSchedule, type ScheduleKey } from './schedule-service.ts'
import { scheduleById } from './schedule-store.ts'
import { nextAfter, slotsUntil } from './schedule-time.ts'

/** Later than so, a time counts as missed: no server ran, or none got to it. */
const PUNCTUAL_MS = 60_000
const MOST_MADE_UP = 100
const KEPT_RUNS = 50
const ERROR_LENGTH = 500

type Due = { id: ScheduleId; workspaceId: WorkspaceId }

/**
 * Asks for the work of a schedule whose time has come, and moves it on, in one transaction under the lock of its workspace: any number
 * of replicas may try, one does it.
 */
export function fireDue(db: Db, scope: OrgScope, due: Due): Promise<void> {
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const row = await lockDue(tx, due, now)
    const workspace = row && (await findWorkspace(tx, scope, row.workspaceId))
    if (!row || !workspace) return
    const slots = slotsOf(row, row.nextRunAt, now)
    const why = (await whyNot(tx, row, workspace)) ?? missedIf(slots)
    if (why) await skip(tx, { row, workspace, slot: row.nextRunAt, now, why })
    else for (const slot of slots) await fire(tx, scope, { row, workspace, slot, now })
    await moveOn(tx, row, nextAfter(row, now))
  })
}

/** Nothing when another was first. */
async function lockDue(tx: Tx, { id, workspaceId }: Due, now: number) {
  await lockRow(tx, 'workspaces', workspaceId)
  const row = await scheduleById(tx, id)
  const { nextRunAt = null, enabled } = row ?? {}
  return row && enabled === 1 && nextRunAt !== null && nextRunAt <= now
    ? { ...row, nextRunAt }
    : undefined
}

const moveOn = (tx: Tx, { id }: ScheduleRow, nextRunAt: number | null) =>
  tx.updateTable('schedules').set({ nextRunAt }).where('id', '=', id).execute()

/**
 * A schedule that cannot be fired is moved on all the same, with the reason: it neither holds up the others nor is it tried again and
 * again.
 */
export function failDue(db: Db, due: Due, error: unknown): Promise<void> {
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    const row = await lockDue(tx, due, now)
    if (!row) return
    const reason = preview(error instanceof Error ? error.message : String(error), ERROR_LENGTH)
    await note(tx, row, { slot: row.nextRunAt, now, outcome: 'error', reason })
    await moveOn(tx, row, nextIfAny(row, now))
  })
}

function nextIfAny(row: ScheduleRow, now: number): number | null {
  try {
    return nextAfter(row, now)
  } catch {
    return null
  }
}

/** Work at once, whatever the time; a paused workspace does it after its resume. */
export function runNow(db: Db, principal: Principal, key: ScheduleKey): Promise<TaskId> {
  return transact(db, async (tx) => {
    const row = await lockSchedule(tx, principal, key)
    const scope = scopeOf(principal)
    const workspace = await findWorkspace(tx, scope, row.workspaceId)
    if (!workspace) throw new Error('it was locked a moment ago')
    const now = await dbNow(tx)
    const id = await fire(tx, scope, { row, workspace, slot: now, now })
    await auditSchedule(tx, principal, { verb: 'run', row, after: { task_id: id } })
    return id
  })
}

const missedIf = ({ length }: readonly number[]) =>
  length === 0 ? 'its time passed while no server ran' : undefined

/** The times there is to be work for: the present one, or what its policy makes of those that were missed. */
function slotsOf(row: ScheduleRow, first: number, now: number): number[] {
  const slots = slotsUntil(row, first, now, MOST_MADE_UP)
  const latest = slots.at(-1) ?? first
  if (row.misfire === 'all') return slots
  if (row.misfire === 'once' || now - latest <= PUNCTUAL_MS) return [latest]
  return []
}

async function whyNot(
  tx: Tx,
  row: ScheduleRow,
  { desiredState }: WorkspaceRow,
): Promise<string | undefined> {
  if (desiredState === 'removed') return 'the workspace was removed'
  if (desiredState === 'paused' && row.paused === 'skip') return 'the workspace is paused'
  if (row.busy === 'skip' && row.lastTaskId !== null && (await isOpen(tx, row.lastTaskId)))
    return 'the work of the time before has not ended'
  return undefined
}

async function isOpen(tx: Tx, id: TaskId): Promise<boolean> {
  const task = await tx
    .selectFrom('tasks')
    .select('endedAt')
    .where('id', '=', id)
    .executeTakeFirst()
  return task !== undefined && task.endedAt === null
}

type Firing = { row: ScheduleRow; workspace: WorkspaceRow; slot: number; now: number }

async function fire(tx: Tx, scope: OrgScope, firing: Firing): Promise<TaskId> {
  const { row, workspace, slot, now } = firing
  const { task } = await createTaskIn(tx, scope, {
    caller: { kind: 'schedule', id: row.id },
    calleeId: row.workspaceId,
    text: row.prompt,
  })
  await note(tx, row, { slot, now, outcome: 'fired', taskId: task.id })
  await tell(tx, 'CRON_EXECUTED', workspace, row, { status: 'ok', task_id: task.id })
  return task.id
}

async function skip(tx: Tx, { row, workspace, slot, now, why }: Firing & { why: string }) {
  await note(tx, row, { slot, now, outcome: 'skipped', reason: why })
  await tell(tx, 'CRON_SKIPPED', workspace, row, { reason: why })
}

const tell = (
  tx: Tx,
  event: 'CRON_EXECUTED' | 'CRON_SKIPPED',
  workspace: WorkspaceRow,
  { id, name }: ScheduleRow,
  payload: object,
) =>
  recordWorkspace(tx, event, workspace, {
    actor: `schedule:${id}`,
    payload: { schedule_id: id, name, ...payload },
  })

type Outcome = {
  slot: number
  now: number
  outcome: 'fired' | 'skipped' | 'error'
  reason?: string
  taskId?: TaskId
}

async function note(tx: Tx, { id }: ScheduleRow, told: Outcome): Promise<void> {
  const { slot, now, outcome, reason = '', taskId = null } = told
  await tx
    .insertInto('scheduleRuns')
    .values({ scheduleId: id, slotAt: slot, firedAt: now, outcome, why: reason, taskId })
    .onConflict((of) => of.doNothing())
    .execute()
  await tx
    .updateTable('schedules')
    .set((is) => ({
      runCount: is('runCount', '+', 1),
      lastStatus: outcome === 'fired' ? 'ok' : outcome,
      lastError: reason,
      ...(outcome === 'fired' ? { lastRunAt: now, lastTaskId: taskId } : {}),
    }))
    .where('id', '=', id)
    .execute()
  const old = await tx
    .selectFrom('scheduleRuns')
    .select('slotAt')
    .where('scheduleId', '=', id)
    .orderBy('slotAt', 'desc')
    .offset(KEPT_RUNS)
    .limit(1)
    .executeTakeFirst()
  if (old)
    await tx
      .deleteFrom('scheduleRuns')
      .where('scheduleId', '=', id)
      .where('slotAt', '<=', old.slotAt)
      .execute()
}
