import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, Tx } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { StartError } from './start-error.ts'
import { readIfThere, replaceFile } from './whole-file.ts'

/** Whose workloads are ours: one installation is one database; a node is one data folder on one machine. */
export type Installation = { installId: string; nodeId: string; orgId: string }

const Folder = z.object({ install_id: z.uuid(), node_id: z.uuid() })

/** The same ids at every start. A data folder that belongs to another database stops the start: see the message. */
export async function openInstallation(
  db: Db,
  { dataDir, orgId }: { dataDir: string; orgId: string | undefined },
): Promise<Installation> {
  const file = join(dataDir, 'installation.json')
  const text = await readIfThere(file)
  const known = text === undefined ? undefined : readFolder(file, text)
  const installId = await transact(db, async (tx) => {
    const stored = await readMeta(tx, 'install_id')
    const wanted = stored ?? randomUUID()
    if (known && known.install_id !== wanted) throw foreignFolder(dataDir)
    if (stored === undefined) await writeMeta(tx, 'install_id', wanted)
    return wanted
  })
  const nodeId = known?.node_id ?? randomUUID()
  if (!known) await replaceFile(file, JSON.stringify({ install_id: installId, node_id: nodeId }))
  return { installId, nodeId, orgId: await openOrg(db, orgId) }
}

function readFolder(file: string, text: string): z.infer<typeof Folder> {
  try {
    return Folder.parse(JSON.parse(text))
  } catch {
    throw new StartError(
      `The file ${file} does not hold the two ids it should.`,
      'Restore it from a backup. Without it the agents that still run cannot be told from those of others.',
    )
  }
}

const foreignFolder = (dataDir: string) =>
  new StartError(
    `The data folder ${dataDir} belongs to another database than the one configured.`,
    'Set DATABASE_URL back to its own database, or start with an empty MOLECULE_DATA_DIR. Agents of the other database may still run.',
  )

async function openOrg(db: Db, wanted: string | undefined): Promise<string> {
  return transact(db, async (tx) => {
    const orgs = await tx.selectFrom('orgs').select('id').execute()
    const known = orgs[0]?.id
    if (known !== undefined && wanted !== undefined && known !== wanted)
      throw new StartError(
        `MOLECULE_ORG_ID is ${wanted}, but this database belongs to ${known}.`,
        'Unset MOLECULE_ORG_ID, or use the database of that organization.',
      )
    if (known !== undefined) return known
    const id = wanted ?? randomUUID()
    await tx
      .insertInto('orgs')
      .values({ id, name: 'default', createdAt: await dbNow(tx) })
      .execute()
    return id
  })
}

export async function readMeta(tx: Db | Tx, key: string): Promise<string | undefined> {
  const row = await tx.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}

export async function writeMeta(tx: Tx, key: string, value: string): Promise<void> {
  await tx
    .insertInto('meta')
    .values({ key, value })
    .onConflict((on) => on.column('key').doUpdateSet({ value }))
    .execute()
}
