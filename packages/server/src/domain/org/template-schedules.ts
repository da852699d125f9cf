import type { CreateSchedule } from '@molecule/contract/schedule'
import type { ScheduleRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import type { Principal } from '../identity/principal.ts'
import {
  createScheduleIn,
  deleteScheduleIn,
  patchScheduleIn,
} from '../schedule/schedule-service.ts'
import { schedulesOf } from '../schedule/schedule-store.ts'

/** As a template says it: always with a name, by which it is found again. */
export type TemplateSchedule = CreateSchedule & { name: string }

/** A schedule as a template has it, without what is usual. */
export const scheduleToTemplate = (row: ScheduleRow) => ({
  name: row.name,
  cron_expr: row.cronExpr,
  timezone: row.timezone,
  prompt: row.prompt,
  ...(row.enabled === 1 ? {} : { enabled: false }),
  ...(row.misfire === 'once' ? {} : { misfire: row.misfire }),
  ...(row.busy === 'skip' ? {} : { busy: row.busy }),
  ...(row.paused === 'skip' ? {} : { paused: row.paused }),
})

export type ScheduleDiff = {
  missing: TemplateSchedule[]
  different: { row: ScheduleRow; wanted: TemplateSchedule }[]
  /** Came from a template, and are in it no more. */
  gone: ScheduleRow[]
}

/** What people and agents made is theirs: under a name of the template it stands for it. */
export function diffSchedules(
  wanted: readonly TemplateSchedule[],
  rows: readonly ScheduleRow[],
): ScheduleDiff {
  const byName = new Map(rows.map((row) => [row.name, row]))
  const names = new Set(wanted.map(({ name }) => name))
  return {
    missing: wanted.filter(({ name }) => !byName.has(name)),
    different: wanted.flatMap((each) => {
      const row = byName.get(each.name)
      return row?.source === 'template' && differs(row, each) ? [{ row, wanted: each }] : []
    }),
    gone: rows.filter(({ source, name }) => source === 'template' && !names.has(name)),
  }
}

const differs = (row: ScheduleRow, wanted: TemplateSchedule) =>
  JSON.stringify(full(scheduleToTemplate(row))) !== JSON.stringify(full(wanted))

const usual = { timezone: 'UTC', enabled: true, misfire: 'once', busy: 'skip', paused: 'skip' }

const full = (one: object) =>
  Object.fromEntries(
    Object.entries({ ...usual, ...one })
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => a.localeCompare(b)),
  )

type Apply = { row: WorkspaceRow; wanted: readonly TemplateSchedule[]; prune: boolean }

/** Makes the schedules of a workspace what its template says. */
export async function applySchedules(
  tx: Tx,
  principal: Principal,
  { row: { id: workspaceId }, wanted, prune }: Apply,
): Promise<void> {
  const diff = diffSchedules(wanted, await schedulesOf(tx, workspaceId))
  for (const each of diff.missing)
    await createScheduleIn(tx, principal, workspaceId, { ...each, source: 'template' })
  for (const { row, wanted: input } of diff.different)
    await patchScheduleIn(
      tx,
      principal,
      { workspaceId, id: row.id },
      full(input) as Parameters<typeof patchScheduleIn>[3],
    )
  if (!prune) return
  for (const { id } of diff.gone) await deleteScheduleIn(tx, principal, { workspaceId, id })
}
