import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import type { Queryable, SecretKeyRow, SecretRow, Tx } from '../../db/tables.ts'
import type { SecretPlace, WrappedKey } from './secret-cipher.ts'

/** A value with the data key it is encrypted under, read in one statement: a rotation never comes in between. */
export type Sealed = SecretPlace &
  Pick<SecretRow, 'ciphertext' | 'keyVersion'> &
  Pick<SecretKeyRow, 'wrapped' | 'masterId'>
export type SealedSecret = SecretRow & Sealed

export const keyOf = ({ keyVersion, wrapped, masterId }: Sealed): WrappedKey => ({
  version: keyVersion,
  wrapped,
  masterId,
})

const sealed = (db: Queryable) =>
  db
    .selectFrom('secrets')
    .innerJoin('secretKeys', 'secretKeys.version', 'secrets.keyVersion')
    .selectAll('secrets')
    .select(['secretKeys.wrapped', 'secretKeys.masterId'])

export async function findSecret(
  db: Queryable,
  { orgId, workspaceId, name }: SecretPlace,
): Promise<SealedSecret | undefined> {
  return sealed(db)
    .where('secrets.orgId', '=', orgId)
    .where('secrets.workspaceId', workspaceId === null ? 'is' : '=', workspaceId)
    .where('secrets.name', '=', name)
    .executeTakeFirst()
}

export async function globalSecrets(db: Queryable, orgId: string): Promise<SealedSecret[]> {
  return sealed(db)
    .where('secrets.orgId', '=', orgId)
    .where('secrets.workspaceId', 'is', null)
    .orderBy('secrets.name')
    .execute()
}

/** Those of the org and those of the workspace, also where one hides the other. */
export async function secretsFor(
  db: Queryable,
  { orgId, id }: { orgId: string; id: WorkspaceId },
): Promise<SealedSecret[]> {
  return sealed(db)
    .where('secrets.orgId', '=', orgId)
    .where((is) =>
      is.or([is('secrets.workspaceId', 'is', null), is('secrets.workspaceId', '=', id)]),
    )
    .orderBy('secrets.name')
    .execute()
}

/** Encrypted under another version than this one, in order of their ids. */
export async function secretsBefore(
  db: Queryable,
  version: number,
  { after, limit }: { after: string; limit: number },
): Promise<SealedSecret[]> {
  return sealed(db)
    .where('secrets.keyVersion', '<', version)
    .where('secrets.id', '>', after)
    .orderBy('secrets.id')
    .limit(limit)
    .execute()
}

export async function countSecrets(
  db: Queryable,
  { orgId, workspaceId }: Omit<SecretPlace, 'name'>,
): Promise<number> {
  const { count } = await db
    .selectFrom('secrets')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('orgId', '=', orgId)
    .where('workspaceId', workspaceId === null ? 'is' : '=', workspaceId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function insertSecret(
  tx: Tx,
  row: Omit<SecretRow, 'id' | 'updatedAt'>,
): Promise<void> {
  await tx
    .insertInto('secrets')
    .values({ ...row, id: randomUUID(), updatedAt: row.createdAt })
    .execute()
}

export async function updateSecret(
  tx: Tx,
  id: string,
  change: { ciphertext: string; keyVersion: number; updatedAt?: number },
): Promise<void> {
  await tx.updateTable('secrets').set(change).where('id', '=', id).execute()
}

export async function deleteSecret(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('secrets').where('id', '=', id).execute()
}

export async function deleteSecretsOf(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  await tx.deleteFrom('secrets').where('workspaceId', '=', workspaceId).execute()
}
