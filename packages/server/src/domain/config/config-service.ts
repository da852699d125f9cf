import { PatchWorkspace as PatchShape, type PatchWorkspace } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { sha256 } from '../../lib/sha256.ts'
import { audit } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { runtimeNamed } from '../runtime/runtime.ts'
import { lockLive } from '../workspace/lock-live.ts'
import { checkReach, patchWorkspaceIn } from '../workspace/workspace-patch.ts'
import { type ConfigYaml, editKeys, readConfig, showColumns } from './config-document.ts'
import { CONFIG_FILE, type ConfigFileMap, checkFiles, sorted } from './config-files.ts'
import { workspaceOwner } from './config-owner.ts'
import { filesOf, latestVersion, type VersionRow, versionOf, writeVersion } from './config-store.ts'

/** What a workspace is configured with now: the files saved last, with its own fields shown in `config.yaml`. */
export type CurrentConfig = {
  /** Undefined before anybody saved anything. */
  saved: VersionRow | undefined
  version: number
  /** As they were saved. */
  stored: ConfigFileMap
  files: ConfigFileMap
  /** Of all that is shown: any change of it is another revision. */
  revision: string
}

export async function currentConfig(db: Queryable, row: WorkspaceRow): Promise<CurrentConfig> {
  const owner = workspaceOwner(row)
  const saved = await latestVersion(db, owner)
  const stored = saved ? await filesOf(db, owner, saved.version) : new Map<string, string>()
  const files = sorted(
    new Map([...stored, [CONFIG_FILE, showColumns(stored.get(CONFIG_FILE), row)]]),
  )
  const version = saved?.version ?? 0
  return { saved, version, stored, files, revision: revisionOf(version, files) }
}

const revisionOf = (version: number, files: ConfigFileMap) =>
  `${version}-${sha256(JSON.stringify([...files])).slice(0, 12)}`

export type Saving = { base: string | undefined; note?: string; restoredFrom?: number }

/** The files as they shall be; what `config.yaml` says of the workspace's own fields is written there, by the same right. */
export function saveConfig(
  db: Db,
  principal: Principal,
  id: string,
  change: Saving & { files: Record<string, string | null>; replace: boolean },
): Promise<WorkspaceRow> {
  return transact(db, async (tx) => {
    const { row, current } = await lockConfig(tx, principal, id)
    const files = new Map(change.replace ? [] : current.files)
    for (const [path, content] of Object.entries(change.files))
      if (content === null) files.delete(path)
      else files.set(path, content)
    return saveFiles(tx, principal, { ...change, row, current, files })
  })
}

/** Sets and removes keys of `config.yaml`; its comments and its order stay. */
export function editConfig(
  db: Db,
  principal: Principal,
  id: string,
  change: Saving & { set: Record<string, unknown>; unset: readonly string[] },
): Promise<WorkspaceRow> {
  return transact(db, async (tx) => {
    const { row, current } = await lockConfig(tx, principal, id)
    const text = editKeys(current.files.get(CONFIG_FILE) ?? '', change)
    const files = new Map([...current.files, [CONFIG_FILE, text]])
    return saveFiles(tx, principal, { ...change, row, current, files })
  })
}

/** The files of an earlier version, as a new one. */
export function restoreConfig(
  db: Db,
  principal: Principal,
  id: string,
  { version, base }: { version: number; base: string },
): Promise<WorkspaceRow> {
  return transact(db, async (tx) => {
    const { row, current } = await lockConfig(tx, principal, id)
    const owner = workspaceOwner(row)
    if (!(await versionOf(tx, owner, version)))
      throw notFound('version', `${version} of the configuration`)
    const files = await filesOf(tx, owner, version)
    return saveFiles(tx, principal, { row, current, files, base, restoredFrom: version })
  })
}

async function lockConfig(tx: Tx, principal: Principal, id: string) {
  await lockRow(tx, 'orgs', principal.orgId)
  const row = await lockLive(tx, principal, id)
  return { row, current: await currentConfig(tx, row) }
}

type Save = Saving & { row: WorkspaceRow; current: CurrentConfig; files: ConfigFileMap }

async function saveFiles(
  tx: Tx,
  principal: Principal,
  { row, current, files, base, note, restoredFrom }: Save,
): Promise<WorkspaceRow> {
  if (base !== undefined && base !== current.revision) throw conflict(current)
  checkFiles(files)
  const { said } = readConfig(files.get(CONFIG_FILE) ?? '')
  const patch = patchOf(said, row)
  checkReach(principal, row.id, patch)
  const patched = await patchWorkspaceIn(tx, principal, row.id, patch)
  const stored = asStored(files, current)
  if (isSame(stored, current.stored)) return patched
  return keepVersion(tx, principal, {
    row: patched,
    files: stored,
    before: current.version,
    present: current.stored,
    note,
    restoredFrom,
  })
}

/** A `config.yaml` that nobody touched stays as it was saved, without what it only shows. */
function asStored(files: ConfigFileMap, { files: shown, stored }: CurrentConfig): ConfigFileMap {
  if (files.get(CONFIG_FILE) !== shown.get(CONFIG_FILE)) return sorted(files)
  const { [CONFIG_FILE]: _, ...others } = Object.fromEntries(files)
  const before = stored.get(CONFIG_FILE)
  return sorted([
    ...Object.entries(others),
    ...(before === undefined ? [] : [[CONFIG_FILE, before] as const]),
  ])
}

const isSame = (a: ConfigFileMap, b: ConfigFileMap) =>
  JSON.stringify([...a]) === JSON.stringify([...b])

const conflict = ({ version, saved, revision }: CurrentConfig) =>
  new DomainError(
    'conflict',
    `the configuration was changed meanwhile${saved ? `, last by ${saved.author}` : ''}`,
    {
      hint: 'Read it again, bring your change into it, and save that.',
      extra: { version, revision },
    },
  )

/** What a `config.yaml` wants of the fields that the workspace itself keeps. What it leaves out stays. */
function patchOf(said: ConfigYaml, row: WorkspaceRow): PatchWorkspace {
  if (said.runtime !== undefined && said.runtime !== row.runtime)
    throw new DomainError('invalid', `the runtime of a workspace stays: it is ${row.runtime}`, {
      hint: `Make a new workspace with the runtime "${said.runtime}", or apply a template with mode replace.`,
      fields: [{ path: `${CONFIG_FILE}: runtime`, message: `must stay "${row.runtime}"` }],
    })
  const wanted = {
    ...(said.name !== undefined && said.name !== row.name ? { name: said.name } : {}),
    ...roleOf(said, row),
    ...(said.tier !== undefined && said.tier !== row.tier ? { tier: said.tier } : {}),
    ...(said.model !== undefined && said.model !== row.model ? { model: said.model } : {}),
    ...(said.runtime_config && !isEqual(said.runtime_config, row.runtimeConfig)
      ? { runtime_config: said.runtime_config }
      : {}),
  }
  const parsed = PatchShape.safeParse(wanted)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => ({
    path: `${CONFIG_FILE}: ${path.join('.')}`,
    message,
  }))
  throw new DomainError('invalid', `${fields[0]?.path}: ${fields[0]?.message}`, {
    hint: 'Mend the fields named; nothing was saved.',
    fields,
  })
}

function roleOf({ description }: ConfigYaml, { role }: WorkspaceRow): { role?: string | null } {
  if (description === undefined) return {}
  const wanted = description?.trim() || null
  return wanted === (role || null) ? {} : { role: wanted }
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

type Kept = {
  row: WorkspaceRow
  files: ConfigFileMap
  /** The version it follows; 0 for the first. */
  before: number
  /** The files of that one. */
  present: ConfigFileMap
  note?: string | undefined
  restoredFrom?: number | undefined
}

/** Prompts and skills are read with every task; `config.yaml`, and all that a program of its own has read when it began, with a start. */
const needsStart = (row: WorkspaceRow, files: ConfigFileMap, present: ConfigFileMap) =>
  files.get(CONFIG_FILE) !== present.get(CONFIG_FILE) || runtimeNamed(row.runtime).isServed === true

/** A new version of checked files. The caller holds the org and the workspace. */
export async function keepVersion(
  tx: Tx,
  principal: Principal,
  { row, files, before, present, note, restoredFrom }: Kept,
): Promise<WorkspaceRow> {
  const at = await dbNow(tx)
  const version = before + 1
  await writeVersion(tx, workspaceOwner(row), {
    version,
    files,
    author: actorOf(principal),
    at,
    ...(note === undefined ? {} : { note }),
    ...(restoredFrom === undefined ? {} : { restoredFrom }),
  })
  const changed = await tx
    .updateTable('workspaces')
    .set({
      // A start that failed for good is tried again with what was changed.
      ...(row.status === 'failed' ? { nextStartAt: at } : {}),
      generation: sql`generation + 1`,
      ...(needsStart(row, files, present) ? { configGeneration: sql<number>`generation + 1` } : {}),
      rev: sql`rev + 1`,
      updatedAt: at,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await audit(tx, principal, {
    action: 'config.save',
    entity: 'workspace',
    entityId: row.id,
    before: { version: before },
    after: {
      version,
      files: files.size,
      ...(restoredFrom === undefined ? {} : { restored_from: restoredFrom }),
    },
  })
  await recordWorkspace(tx, 'WORKSPACE_UPDATED', changed, { actor: actorOf(principal) })
  return changed
}
