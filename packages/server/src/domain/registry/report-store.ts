import type { WorkspaceId } from '@molecule/contract/id'
import { sql } from 'kysely'
import type { Tx } from '../../db/tables.ts'
import type { Report } from './report.ts'

/** What the agent of one start told last. */
export type Told = { incarnation: number; isAlive: boolean; report: Report }

/** Agents whose reports go into one statement: each takes eight of its parameters. */
const REPORTS_AT_ONCE = 500

export async function storeReports(tx: Tx, told: [WorkspaceId, Told][]): Promise<void> {
  for (let at = 0; at < told.length; at += REPORTS_AT_ONCE)
    await storeSome(tx, told.slice(at, at + REPORTS_AT_ONCE))
}

/** What a report leaves out keeps its value. */
async function storeSome(tx: Tx, told: [WorkspaceId, Told][]): Promise<void> {
  const rows = told.map(
    ([id, { incarnation, report }]) => sql`(
      cast(${id} as text), cast(${incarnation} as bigint),
      cast(${report.errorRate ?? null} as double precision),
      cast(${report.lastRuntimeError ?? null} as text),
      cast(${report.uptimeSeconds ?? null} as bigint),
      cast(${report.reportedTask ?? null} as text),
      cast(${report.reportedActiveTasks ?? null} as integer),
      cast(${report.runtimeState ?? null} as text)
    )`,
  )
  await sql`
    with told (id, incarnation, error_rate, last_runtime_error, uptime_seconds, reported_task, reported_active_tasks, runtime_state)
      as (values ${sql.join(rows)})
    update workspaces set
      error_rate = coalesce(told.error_rate, workspaces.error_rate),
      last_runtime_error = coalesce(told.last_runtime_error, workspaces.last_runtime_error),
      uptime_seconds = coalesce(told.uptime_seconds, workspaces.uptime_seconds),
      reported_task = coalesce(told.reported_task, workspaces.reported_task),
      reported_active_tasks = coalesce(told.reported_active_tasks, workspaces.reported_active_tasks),
      runtime_state = coalesce(told.runtime_state, workspaces.runtime_state)
    from told
    where workspaces.id = told.id and workspaces.incarnation = told.incarnation`.execute(tx)
}
