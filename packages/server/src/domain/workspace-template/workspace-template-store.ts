import type { WorkspaceTemplateId } from '@molecule/contract/workspace-template'
import type { Queryable, WorkspaceTemplateRow } from '../../db/tables.ts'
import type { ConfigFileMap } from '../config/config-files.ts'
import { templateOwner } from '../config/config-owner.ts'
import { filesOf, latestVersion } from '../config/config-store.ts'
import type { OrgScope } from '../identity/principal.ts'

export const listTemplates = (
  db: Queryable,
  { orgId }: OrgScope,
): Promise<WorkspaceTemplateRow[]> =>
  db.selectFrom('workspaceTemplates').selectAll().where('orgId', '=', orgId).orderBy('id').execute()

export const findTemplate = (
  db: Queryable,
  { orgId }: OrgScope,
  id: string,
): Promise<WorkspaceTemplateRow | undefined> =>
  db
    .selectFrom('workspaceTemplates')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('id', '=', id as WorkspaceTemplateId)
    .executeTakeFirst()

/** The files of a template as they were saved last. */
export type TemplateVersion = { version: number; files: ConfigFileMap }

export async function newestOf(db: Queryable, row: WorkspaceTemplateRow): Promise<TemplateVersion> {
  const owner = templateOwner(row)
  const version = (await latestVersion(db, owner))?.version ?? 0
  return { version, files: await filesOf(db, owner, version) }
}

/** By its id; undefined where there is none. */
export async function newestTemplate(
  db: Queryable,
  scope: OrgScope,
  id: string,
): Promise<TemplateVersion | undefined> {
  const row = await findTemplate(db, scope, id)
  return row && newestOf(db, row)
}
