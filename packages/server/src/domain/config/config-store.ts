import type { Queryable, Tx } from '../../db/tables.ts'
import { sha256 } from '../../lib/sha256.ts'
import { type ConfigFileMap, sorted } from './config-files.ts'

/** Whose files: those of a workspace, or of a template. */
export type Owner = { orgId: string; kind: 'workspace' | 'template'; id: string }

export type VersionRow = {
  version: number
  author: string
  note: string
  restoredFrom: number | null
  createdAt: number
}

/** How many versions of one owner are kept; older ones go as new ones come. */
const MOST_VERSIONS = 100
/** Rows of one statement, so that its parameters stay below what SQLite takes. */
const BATCH = 500

export const latestVersion = (
  db: Queryable,
  { kind, id }: Owner,
): Promise<VersionRow | undefined> =>
  db
    .selectFrom('configVersions')
    .select(['version', 'author', 'note', 'restoredFrom', 'createdAt'])
    .where('ownerKind', '=', kind)
    .where('ownerId', '=', id)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()

export const versionOf = (
  db: Queryable,
  { kind, id }: Owner,
  version: number,
): Promise<VersionRow | undefined> =>
  db
    .selectFrom('configVersions')
    .select(['version', 'author', 'note', 'restoredFrom', 'createdAt'])
    .where('ownerKind', '=', kind)
    .where('ownerId', '=', id)
    .where('version', '=', version)
    .executeTakeFirst()

export async function filesOf(
  db: Queryable,
  { orgId, kind, id }: Owner,
  version: number,
): Promise<ConfigFileMap> {
  const rows = await db
    .selectFrom('configFiles')
    .innerJoin('configBlobs', (join) =>
      join
        .onRef('configBlobs.hash', '=', 'configFiles.hash')
        .onRef('configBlobs.orgId', '=', 'configFiles.orgId'),
    )
    .select(['configFiles.path', 'configBlobs.content'])
    .where('configFiles.ownerKind', '=', kind)
    .where('configFiles.ownerId', '=', id)
    .where('configFiles.version', '=', version)
    .where('configFiles.orgId', '=', orgId)
    .execute()
  return sorted(rows.map(({ path, content }) => [path, content]))
}

/** Newest first, each with the paths in which it differs from the one before. */
export async function historyOf(
  db: Queryable,
  owner: Owner,
): Promise<(VersionRow & { changed: string[] })[]> {
  const versions = await db
    .selectFrom('configVersions')
    .select(['version', 'author', 'note', 'restoredFrom', 'createdAt'])
    .where('ownerKind', '=', owner.kind)
    .where('ownerId', '=', owner.id)
    .orderBy('version', 'desc')
    .execute()
  const files = await db
    .selectFrom('configFiles')
    .select(['version', 'path', 'hash'])
    .where('ownerKind', '=', owner.kind)
    .where('ownerId', '=', owner.id)
    .execute()
  const byVersion = Map.groupBy(files, ({ version }) => version)
  const hashes = (version: number) =>
    new Map((byVersion.get(version) ?? []).map(({ path, hash }) => [path, hash]))
  return versions.map((row) => {
    const [now, before] = [hashes(row.version), hashes(row.version - 1)]
    const paths = new Set([...now.keys(), ...before.keys()])
    const changed = [...paths].filter((path) => now.get(path) !== before.get(path)).sort()
    return { ...row, changed }
  })
}

/** The hash of every file of the newest version, by owner. */
export async function latestHashes(
  db: Queryable,
  { orgId, kind }: Omit<Owner, 'id'>,
): Promise<Map<string, Map<string, string>>> {
  const newest = db
    .selectFrom('configVersions')
    .select(({ fn }) => ['ownerId', fn.max('version').as('version')])
    .where('orgId', '=', orgId)
    .where('ownerKind', '=', kind)
    .groupBy('ownerId')
    .as('newest')
  const rows = await db
    .selectFrom('configFiles')
    .innerJoin(newest, (join) =>
      join
        .onRef('newest.ownerId', '=', 'configFiles.ownerId')
        .onRef('newest.version', '=', 'configFiles.version'),
    )
    .select(['configFiles.ownerId', 'configFiles.path', 'configFiles.hash'])
    .where('configFiles.ownerKind', '=', kind)
    .execute()
  const found = new Map<string, Map<string, string>>()
  for (const { ownerId, path, hash } of rows)
    found.set(ownerId, (found.get(ownerId) ?? new Map()).set(path, hash))
  return found
}

export type NewVersion = {
  version: number
  files: ConfigFileMap
  author: string
  note?: string
  restoredFrom?: number
  at: number
}

/** The caller holds the org, so that no text is dropped while another version comes to hold it. */
export async function writeVersion(
  tx: Tx,
  owner: Owner,
  { version, files, author, note = '', restoredFrom, at }: NewVersion,
): Promise<void> {
  const { orgId, kind: ownerKind, id: ownerId } = owner
  await tx
    .insertInto('configVersions')
    .values({
      ownerKind,
      ownerId,
      version,
      orgId,
      author,
      note,
      restoredFrom: restoredFrom ?? null,
      createdAt: at,
    })
    .execute()
  const rows = [...files].map(([path, content]) => ({ path, content, hash: sha256(content) }))
  for (let from = 0; from < rows.length; from += BATCH) {
    const part = rows.slice(from, from + BATCH)
    const blobs = new Map(part.map(({ hash, content }) => [hash, { orgId, hash, content }]))
    await tx
      .insertInto('configBlobs')
      .values([...blobs.values()])
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await tx
      .insertInto('configFiles')
      .values(part.map(({ path, hash }) => ({ ownerKind, ownerId, version, path, orgId, hash })))
      .execute()
  }
  await dropVersions(tx, owner, version - MOST_VERSIONS)
}

/** All of an owner that is gone. */
export const dropOwner = (tx: Tx, owner: Owner): Promise<void> =>
  dropVersions(tx, owner, Number.MAX_SAFE_INTEGER)

/** Up to that version, with the texts that nothing else holds. */
async function dropVersions(tx: Tx, { orgId, kind, id }: Owner, upTo: number): Promise<void> {
  if (upTo < 1) return
  const limit = Math.min(upTo, 2_147_483_647)
  const held = await tx
    .deleteFrom('configFiles')
    .where('ownerKind', '=', kind)
    .where('ownerId', '=', id)
    .where('version', '<=', limit)
    .returning('hash')
    .execute()
  await tx
    .deleteFrom('configVersions')
    .where('ownerKind', '=', kind)
    .where('ownerId', '=', id)
    .where('version', '<=', limit)
    .execute()
  const hashes = [...new Set(held.map(({ hash }) => hash))]
  for (let from = 0; from < hashes.length; from += BATCH)
    await tx
      .deleteFrom('configBlobs')
      .where('orgId', '=', orgId)
      .where('hash', 'in', hashes.slice(from, from + BATCH))
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom('configFiles')
              .select('configFiles.path')
              .whereRef('configFiles.hash', '=', 'configBlobs.hash')
              .whereRef('configFiles.orgId', '=', 'configBlobs.orgId'),
          ),
        ),
      )
      .execute()
}
