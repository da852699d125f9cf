import { randomUUID } from 'node:crypto'
import type { ScheduleId, WorkspaceId } from '@molecule/contract/id'
import { CreateSchedule, type PatchSchedule } from '@molecule/contract/schedule'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, ScheduleRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import { mayTalk } from '../workspace/may-talk.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'
import { scheduleById, schedulesOf } from './schedule-store.ts'
import { checkRhythm, nextAfter } from './schedule-time.ts'

const MOST = 100

type Source = ScheduleRow['source']

export function createSchedule(
  db: Db,
  principal: Principal,
  workspaceId: WorkspaceId,
  input: CreateSchedule,
): Promise<ScheduleRow> {
  return transact(db, (tx) =>
    createScheduleIn(tx, principal, workspaceId, { ...input, source: 'runtime' }),
  )
}

/** Under the lock of its workspace, which a firing takes too. */
export async function createScheduleIn(
  tx: Tx,
  principal: Principal,
  workspaceId: WorkspaceId,
  { source, ...input }: CreateSchedule & { source: Source },
): Promise<ScheduleRow> {
  const given = CreateSchedule.parse(input)
  await lockLive(tx, principal, workspaceId)
  await checkAddressee(tx, workspaceId, given.report_to)
  const others = await schedulesOf(tx, workspaceId)
  if (others.length >= MOST)
    throw new DomainError('limit_reached', `a workspace has at most ${MOST} schedules`, {
      hint: 'Delete one that is not needed any more.',
    })
  const name = given.name ?? freeName(others)
  refuseTaken(others, name)
  const now = await dbNow(tx)
  const rhythm = { cronExpr: given.cron_expr, timezone: given.timezone }
  checkRhythm(rhythm, now)
  const row = await tx
    .insertInto('schedules')
    .values({
      id: randomUUID() as ScheduleId,
      orgId: principal.orgId,
      workspaceId,
      name,
      ...rhythm,
      prompt: withoutReturns(given.prompt),
      enabled: given.enabled ? 1 : 0,
      source,
      misfire: given.misfire,
      busy: given.busy,
      paused: given.paused,
      reportTo: given.report_to as WorkspaceId | null,
      nextRunAt: given.enabled ? nextAfter(rhythm, now) : null,
      lastRunAt: null,
      lastTaskId: null,
      createdAt: now,
      updatedAt: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditSchedule(tx, principal, { verb: 'create', row, after: toldOf(row) })
  return row
}

/** Its results go where it could have asked itself. */
async function checkAddressee(tx: Tx, from: WorkspaceId, to: string | null): Promise<void> {
  if (to === null || (await mayTalk(tx, from, to as WorkspaceId))) return
  throw new DomainError('forbidden_pair', `results cannot go to workspace ${to}`, {
    hint: 'Choose the workspace itself, one beside, above or below it.',
    fields: [{ path: 'report_to', message: 'may not be talked to from here' }],
  })
}

/** A prompt written on Windows is the same prompt. */
const withoutReturns = (text: string) => text.replaceAll('\r', '')

const freeName = (others: readonly ScheduleRow[]): string => {
  const taken = new Set(others.map(({ name }) => name))
  for (let n = 1; ; n += 1) if (!taken.has(`schedule ${n}`)) return `schedule ${n}`
}

function refuseTaken(others: readonly ScheduleRow[], name: string): void {
  if (others.some((other) => other.name === name))
    throw new DomainError('name_taken', `this workspace has a schedule "${name}" already`, {
      hint: 'Choose another name, or change that one.',
    })
}

async function lockLive(tx: Tx, principal: Principal, workspaceId: WorkspaceId) {
  await lockRow(tx, 'workspaces', workspaceId)
  const workspace = await findWorkspace(tx, scopeOf(principal), workspaceId)
  if (!workspace || workspace.desiredState === 'removed') throw notFound('workspace', workspaceId)
  return workspace
}

export type ScheduleKey = { workspaceId: WorkspaceId; id: string }

/** Locked with its workspace. */
export async function lockSchedule(
  tx: Tx,
  principal: Principal,
  { workspaceId, id }: ScheduleKey,
): Promise<ScheduleRow> {
  await lockLive(tx, principal, workspaceId)
  const row = await scheduleById(tx, id)
  if (row?.workspaceId !== workspaceId) throw notFound('schedule', id)
  return row
}

export function patchSchedule(
  db: Db,
  principal: Principal,
  key: ScheduleKey,
  input: PatchSchedule,
): Promise<ScheduleRow> {
  return transact(db, (tx) => patchScheduleIn(tx, principal, key, input))
}

/** Another rhythm, and being enabled again, count from now: what passed meanwhile is not made up for. */
export async function patchScheduleIn(
  tx: Tx,
  principal: Principal,
  key: ScheduleKey,
  input: PatchSchedule,
): Promise<ScheduleRow> {
  const row = await lockSchedule(tx, principal, key)
  if (input.name !== undefined && input.name !== row.name)
    refuseTaken(await schedulesOf(tx, row.workspaceId), input.name)
  await checkAddressee(tx, row.workspaceId, input.report_to ?? null)
  const now = await dbNow(tx)
  const next = { ...row, ...columnsOf(input) }
  checkRhythm(next, now)
  const counts = next.enabled === 1
  const isAnew =
    next.cronExpr !== row.cronExpr || next.timezone !== row.timezone || row.enabled !== next.enabled
  const changed = await tx
    .updateTable('schedules')
    .set({
      ...columnsOf(input),
      ...(isAnew ? { nextRunAt: counts ? nextAfter(next, now) : null } : {}),
      updatedAt: now,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditSchedule(tx, principal, {
    verb: 'update',
    row,
    before: toldOf(row),
    after: toldOf(changed),
  })
  return changed
}

const bit = (value: boolean | undefined) =>
  value === undefined ? undefined : ((value ? 1 : 0) as 0 | 1)

function columnsOf(input: PatchSchedule) {
  const { name, cron_expr, timezone, prompt, enabled, misfire, busy, paused, report_to } = input
  const told = {
    name,
    cronExpr: cron_expr,
    timezone,
    prompt: prompt === undefined ? undefined : withoutReturns(prompt),
    enabled: bit(enabled),
    misfire,
    busy,
    paused,
    reportTo: report_to as WorkspaceId | null | undefined,
  }
  return Object.fromEntries(
    Object.entries(told).filter(([, value]) => value !== undefined),
  ) as Partial<Pick<ScheduleRow, keyof typeof told>>
}

export function deleteSchedule(db: Db, principal: Principal, key: ScheduleKey): Promise<void> {
  return transact(db, (tx) => deleteScheduleIn(tx, principal, key))
}

/** Work that it has asked for goes on. */
export async function deleteScheduleIn(tx: Tx, principal: Principal, key: ScheduleKey) {
  const row = await lockSchedule(tx, principal, key)
  await tx.deleteFrom('scheduleRuns').where('scheduleId', '=', row.id).execute()
  await tx.deleteFrom('schedules').where('id', '=', row.id).execute()
  await auditSchedule(tx, principal, { verb: 'delete', row, before: toldOf(row) })
}

type Change = {
  verb: string
  row: ScheduleRow
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

export const auditSchedule = (tx: Tx, principal: Principal, { verb, row, ...change }: Change) =>
  audit(tx, principal, {
    action: `schedule.${verb}`,
    entity: 'schedule',
    entityId: row.id,
    ...change,
  })

/** As the audit log tells it. */
const toldOf = (row: ScheduleRow) => ({
  workspace_id: row.workspaceId,
  name: row.name,
  cron_expr: row.cronExpr,
  timezone: row.timezone,
  prompt: row.prompt,
  enabled: row.enabled === 1,
  misfire: row.misfire,
  busy: row.busy,
  paused: row.paused,
  report_to: row.reportTo,
})
