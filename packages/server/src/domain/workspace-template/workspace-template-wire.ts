import { WorkspaceTemplate, WorkspaceTemplateFiles } from '@molecule/contract/workspace-template'
import type { Queryable, WorkspaceTemplateRow } from '../../db/tables.ts'
import { readConfig } from '../config/config-document.ts'
import { CONFIG_FILE } from '../config/config-files.ts'
import { templateOwner } from '../config/config-owner.ts'
import { historyOf } from '../config/config-store.ts'
import { versionToWire } from '../config/config-wire.ts'
import { newestOf, type TemplateVersion } from './workspace-template-store.ts'

export function templateToWire(
  row: WorkspaceTemplateRow,
  { version, files }: TemplateVersion,
): WorkspaceTemplate {
  const { said } = readConfig(files.get(CONFIG_FILE) ?? '')
  const skills = [...files.keys()].flatMap(
    (path) => /^skills\/([^/]+)\/SKILL\.md$/.exec(path)?.[1] ?? [],
  )
  return WorkspaceTemplate.parse({
    id: row.id,
    name: row.name,
    description: row.description,
    version,
    tier: said.tier ?? null,
    runtime: said.runtime ?? null,
    model: said.model ?? null,
    models: said.models ?? (said.runtime_config?.models as unknown[] | undefined) ?? [],
    required_env: said.required_env ?? said.runtime_config?.required_env ?? [],
    skills,
    skill_count: skills.length,
    provision_timeout_seconds: said.provision_timeout_seconds ?? null,
    updated_at: new Date(row.updatedAt).toISOString(),
  })
}

export async function templateFilesToWire(
  db: Queryable,
  row: WorkspaceTemplateRow,
): Promise<WorkspaceTemplateFiles> {
  const newest = await newestOf(db, row)
  const versions = await historyOf(db, templateOwner(row))
  return WorkspaceTemplateFiles.parse({
    ...templateToWire(row, newest),
    files: Object.fromEntries(newest.files),
    versions: versions.map(versionToWire),
  })
}
