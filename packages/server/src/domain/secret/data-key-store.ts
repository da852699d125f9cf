import type { Queryable, SecretKeyRow, Tx } from '../../db/tables.ts'
import type { WrappedKey } from './secret-cipher.ts'

/** The data key that new values are encrypted under; none before the first secret. */
export async function newestKey(db: Queryable): Promise<SecretKeyRow | undefined> {
  return db
    .selectFrom('secretKeys')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Data keys that values may still be encrypted under. */
export async function keysInUse(db: Queryable): Promise<SecretKeyRow[]> {
  return db
    .selectFrom('secretKeys')
    .selectAll()
    .where('retiredAt', 'is', null)
    .orderBy('version')
    .execute()
}

export async function insertKey(tx: Tx, key: WrappedKey, createdAt: number): Promise<void> {
  await tx
    .insertInto('secretKeys')
    .values({ ...key, createdAt })
    .execute()
}

export async function updateKey(tx: Tx, { version, wrapped, masterId }: WrappedKey): Promise<void> {
  await tx
    .updateTable('secretKeys')
    .set({ wrapped, masterId })
    .where('version', '=', version)
    .execute()
}

/** Retires every version before this one that no value is encrypted under any more. */
export async function retireUnused(tx: Tx, before: number, now: number): Promise<void> {
  await tx
    .updateTable('secretKeys')
    .set({ retiredAt: now })
    .where('version', '<', before)
    .where('retiredAt', 'is', null)
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('secrets')
            .select('secrets.id')
            .whereRef('secrets.keyVersion', '=', 'secretKeys.version'),
        ),
      ),
    )
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('pushConfigs')
            .select('pushConfigs.id')
            .whereRef('pushConfigs.keyVersion', '=', 'secretKeys.version'),
        ),
      ),
    )
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('webhooks')
            .select('webhooks.id')
            .whereRef('webhooks.keyVersion', '=', 'secretKeys.version'),
        ),
      ),
    )
    .where((is) =>
      is.not(
        is.exists(
          is
            .selectFrom('signingKeys')
            .select('signingKeys.id')
            .whereRef('signingKeys.keyVersion', '=', 'secretKeys.version'),
        ),
      ),
    )
    .execute()
}
