import { Config, ConfigSnapshot, ConfigVersion } from '@molecule/contract/config'
import type { WorkspaceRow } from '../../db/tables.ts'
import { needsRestart } from '../workspace/workspace-wire.ts'
import { readConfig } from './config-document.ts'
import { CONFIG_FILE, type ConfigFileMap } from './config-files.ts'
import type { CurrentConfig } from './config-service.ts'
import type { VersionRow } from './config-store.ts'

const time = (ms: number) => new Date(ms).toISOString()

export const configToWire = (row: WorkspaceRow, current: CurrentConfig): Config =>
  Config.parse({
    workspace_id: row.id,
    version: current.version,
    revision: current.revision,
    files: Object.fromEntries(current.files),
    author: current.saved?.author ?? null,
    note: current.saved?.note ?? '',
    created_at: current.saved ? time(current.saved.createdAt) : null,
    needs_restart: needsRestart(row),
    warnings: readConfig(current.files.get(CONFIG_FILE) ?? '').warnings,
  })

export const versionToWire = (row: VersionRow & { changed: string[] }): ConfigVersion =>
  ConfigVersion.parse({
    version: row.version,
    author: row.author,
    note: row.note,
    restored_from: row.restoredFrom,
    changed: row.changed,
    created_at: time(row.createdAt),
  })

export const snapshotToWire = (row: VersionRow, files: ConfigFileMap): ConfigSnapshot =>
  ConfigSnapshot.parse({
    version: row.version,
    files: Object.fromEntries(files),
    author: row.author,
    note: row.note,
    created_at: time(row.createdAt),
  })
