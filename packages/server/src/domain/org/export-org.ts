import type { WorkspaceId } from '@molecule/contract/id'
import type { ExportedOrg } from '@molecule/contract/org'
import { stringify } from 'yaml'
import type { Queryable, ScheduleRow, WorkspaceRow } from '../../db/tables.ts'
import type { OrgScope } from '../identity/principal.ts'
import { schedulesOfOrg } from '../schedule/schedule-store.ts'
import { wantedWorkspaces } from '../workspace/workspace-store.ts'
import { scheduleToTemplate } from './template-schedules.ts'

/** The organization as a template that makes it again. Secrets are in none: agents get them by name from their own store. */
export async function exportOrg(db: Queryable, scope: OrgScope): Promise<ExportedOrg> {
  const { orgId } = scope
  const { name } = await db
    .selectFrom('orgs')
    .select('name')
    .where('id', '=', orgId)
    .executeTakeFirstOrThrow()
  const live = await wantedWorkspaces(db, scope)
  const schedules = Map.groupBy(await schedulesOfOrg(db, scope), (row) => row.workspaceId)
  const below = Map.groupBy(live, ({ parentId }) => parentId)
  const nodesBelow = (parent: WorkspaceId | null): object[] =>
    (below.get(parent) ?? []).map((row) =>
      nodeOf(row, schedules.get(row.id) ?? [], nodesBelow(row.id)),
    )
  const document = { name: templateName(live) ?? name, workspaces: nodesBelow(null) }
  return {
    files: { 'org.yaml': stringify(document, { lineWidth: 120 }) },
    count: live.length,
    left_out: live.flatMap((row) =>
      typeof row.template?.kept.files_dir === 'string'
        ? [`${row.name}: files_dir ${row.template.kept.files_dir}`]
        : [],
    ),
  }
}

/** Under its own name a template finds again what it made. */
const templateName = (rows: readonly WorkspaceRow[]) =>
  rows.find(({ template }) => template)?.template?.org

function nodeOf(row: WorkspaceRow, schedules: ScheduleRow[], children: object[]): object {
  const { files_dir: _, ...kept } = row.template?.kept ?? {}
  const isExternal = row.runtime === 'external'
  const told = {
    name: row.name,
    role: row.role,
    ...(isExternal
      ? { external: true, url: row.url }
      : { runtime: row.runtime, runtime_config: row.runtimeConfig }),
    model: row.model || null,
    tier: row.tier,
    workspace_dir: row.workspaceDir,
    max_concurrent_tasks: row.maxConcurrentTasks,
    hibernation_idle_minutes: row.hibernationIdleMinutes,
    canvas: { x: row.x, y: row.y },
    ...kept,
    schedules: schedules.length > 0 ? schedules.map(scheduleToTemplate) : null,
    children: children.length > 0 ? children : null,
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null))
}
