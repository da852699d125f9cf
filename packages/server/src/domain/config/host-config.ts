import type { HostConfig } from '@molecule/contract/config'
import type { Db } from '../../db/tables.ts'
import { fenced } from '../error.ts'
import type { PrincipalOf } from '../identity/principal.ts'
import { hostsWorkspace } from '../task/task-lease.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { readConfig } from './config-document.ts'
import { CONFIG_FILE, type ConfigFileMap } from './config-files.ts'
import { workspaceOwner } from './config-owner.ts'
import { currentConfig } from './config-service.ts'
import { latestVersion } from './config-store.ts'

/** What the present start of a workspace begins with. One of an earlier start gets nothing. */
export async function hostConfig(
  db: Db,
  { workspaceId, incarnation }: PrincipalOf<'host'>,
): Promise<HostConfig> {
  await hostsWorkspace(db, { workspaceId, incarnation })
  const workspace = await workspaceById(db, workspaceId)
  if (!workspace) throw fenced('this workspace does not exist any more')
  const { version, files } = await currentConfig(db, workspace)
  return { version, files: Object.fromEntries(files), prompt_files: promptFilesOf(files) }
}

/** Which version its next work is done with; what was saved since its start counts at once. */
export async function hostConfigVersion(
  db: Db,
  { orgId, workspaceId: id }: PrincipalOf<'host'>,
): Promise<number> {
  const saved = await latestVersion(db, workspaceOwner({ orgId, id }))
  return saved?.version ?? 0
}

const promptFilesOf = (files: ConfigFileMap): string[] =>
  readConfig(files.get(CONFIG_FILE) ?? '').said.prompt_files ?? []
