import type { Queryable, SigningKeyRow, Tx } from '../../db/tables.ts'

/** Where a signing key belongs among all that is encrypted. */
export const placeOf = ({ orgId }: Pick<SigningKeyRow, 'orgId'>) => ({
  orgId,
  workspaceId: null,
  name: 'key of bundles',
})

const sealed = (db: Queryable) =>
  db
    .selectFrom('signingKeys')
    .innerJoin('secretKeys', 'secretKeys.version', 'signingKeys.keyVersion')
    .selectAll('signingKeys')
    .select(['secretKeys.wrapped', 'secretKeys.masterId'])

/** With the data key that it is encrypted under. */
export const sealedSigningKey = (db: Queryable, orgId: string) =>
  sealed(db).where('signingKeys.orgId', '=', orgId).executeTakeFirst()

/** Those under another version than this one, in order of their ids. */
export async function signingKeysBefore(
  db: Queryable,
  version: number,
  { after, limit }: { after: string; limit: number },
) {
  const rows = await sealed(db)
    .where('signingKeys.keyVersion', '<', version)
    .where('signingKeys.id', '>', after)
    .orderBy('signingKeys.id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...row, ...placeOf(row) }))
}

export async function updateSigningKey(
  tx: Tx,
  id: string,
  { ciphertext, keyVersion }: Pick<SigningKeyRow, 'ciphertext' | 'keyVersion'>,
): Promise<void> {
  await tx.updateTable('signingKeys').set({ ciphertext, keyVersion }).where('id', '=', id).execute()
}
