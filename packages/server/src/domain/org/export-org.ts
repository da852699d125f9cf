import type { WorkspaceId } from '@molecule/contract/id'
import type { ExportedOrg } from '@molecule/contract/org'
import { stringify } from 'yaml'
import type { Queryable, ScheduleRow, WorkspaceRow } from '../../db/tables.ts'
import type { ConfigFileMap } from '../config/config-files.ts'
import { workspaceOwner } from '../config/config-owner.ts'
import { filesOf, latestVersion } from '../config/config-store.ts'
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
  const files = new Map<WorkspaceId, ConfigFileMap>()
  for (const row of live) {
    const saved = await latestVersion(db, workspaceOwner(row))
    if (saved) files.set(row.id, await filesOf(db, workspaceOwner(row), saved.version))
  }
  const folders = foldersFor(live.filter(({ id }) => files.has(id)))
  const schedules = Map.groupBy(await schedulesOfOrg(db, scope), (row) => row.workspaceId)
  const below = Map.groupBy(live, ({ parentId }) => parentId)
  const nodesBelow = (parent: WorkspaceId | null): object[] =>
    (below.get(parent) ?? []).map((row) =>
      nodeOf(row, {
        schedules: schedules.get(row.id) ?? [],
        folder: folders.get(row.id),
        children: nodesBelow(row.id),
      }),
    )
  const document = { name: templateName(live) ?? name, workspaces: nodesBelow(null) }
  return {
    files: {
      'org.yaml': stringify(document, { lineWidth: 120 }),
      ...placed(files, folders),
    },
    count: live.length,
    left_out: live.flatMap((row) =>
      typeof row.template?.kept.files_dir === 'string' && !files.has(row.id)
        ? [`${row.name}: files_dir ${row.template.kept.files_dir}`]
        : [],
    ),
  }
}

/** Under its own name a template finds again what it made. */
const templateName = (rows: readonly WorkspaceRow[]) =>
  rows.find(({ template }) => template)?.template?.org

/** A folder of its own for each, named after it. */
function foldersFor(rows: readonly WorkspaceRow[]): Map<WorkspaceId, string> {
  const folders = new Map<WorkspaceId, string>()
  const taken = new Set<string>()
  for (const { id, name } of rows) {
    const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'workspace'
    let folder = `roles/${plain}`
    for (let n = 2; taken.has(folder); n += 1) folder = `roles/${plain}-${n}`
    taken.add(folder)
    folders.set(id, folder)
  }
  return folders
}

const placed = (
  files: ReadonlyMap<WorkspaceId, ConfigFileMap>,
  folders: ReadonlyMap<WorkspaceId, string>,
): Record<string, string> =>
  Object.fromEntries(
    [...files].flatMap(([id, own]) =>
      [...own].map(([path, content]) => [`${folders.get(id)}/${path}`, content]),
    ),
  )

/** Keys whose texts are in the files of the configuration. */
const inFiles = new Set([
  'template',
  'system_prompt',
  'category_routing',
  'initial_prompt',
  'idle_prompt',
  'idle_interval_seconds',
])

type Around = { schedules: ScheduleRow[]; folder: string | undefined; children: object[] }

function nodeOf(row: WorkspaceRow, { schedules, folder, children }: Around): object {
  const kept = Object.fromEntries(
    Object.entries(row.template?.kept ?? {}).filter(
      ([key]) => key !== 'files_dir' && !(folder && inFiles.has(key)),
    ),
  )
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
    files_dir: folder ?? null,
    ...kept,
    schedules: schedules.length > 0 ? schedules.map(scheduleToTemplate) : null,
    children: children.length > 0 ? children : null,
  }
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null))
}
