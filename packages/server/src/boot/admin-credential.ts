import { join } from 'node:path'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, Tx } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { audit } from '../domain/audit/audit.ts'
import { insertCredential } from '../domain/identity/credential-store.ts'
import type { Principal } from '../domain/identity/principal.ts'
import type { Secret } from '../lib/secret.ts'
import { hashToken, newToken } from '../lib/token.ts'
import { readIfThere, replaceFile } from './whole-file.ts'

/**
 * Makes exactly one admin token valid: the operator's, else the one of the data folder, else a fresh one that is put
 * there. The file is written first, so a crash in between leaves a token that the next start makes valid.
 */
export async function openAdminCredential(
  db: Db,
  { dataDir, orgId, given }: { dataDir: string; orgId: string; given: Secret | undefined },
): Promise<void> {
  const file = join(dataDir, 'admin-token')
  const kept = (await readIfThere(file))?.trim()
  const token = given?.reveal() ?? (kept || newToken('admin'))
  if (token !== kept) await replaceFile(file, `${token}\n`)
  await transact(db, (tx) => makeOnlyValid(tx, { orgId, token }))
}

async function makeOnlyValid(
  tx: Tx,
  { orgId, token }: { orgId: string; token: string },
): Promise<void> {
  const now = await dbNow(tx)
  const tokenHash = hashToken(token)
  const revoked = await tx
    .updateTable('credentials')
    .set({ revokedAt: now })
    .where('kind', '=', 'admin')
    .where('tokenHash', '<>', tokenHash)
    .where('revokedAt', 'is', null)
    .returning('id')
    .execute()
  const known = await tx
    .selectFrom('credentials')
    .select(['id', 'revokedAt'])
    .where('kind', '=', 'admin')
    .where('tokenHash', '=', tokenHash)
    .executeTakeFirst()
  if (known?.revokedAt === null && revoked.length === 0) return
  const { id } = known ?? (await insertCredential(tx, { orgId, kind: 'admin', token, now }))
  await tx.updateTable('credentials').set({ revokedAt: null }).where('id', '=', id).execute()
  const system: Principal = { kind: 'system', orgId }
  await audit(tx, system, {
    action: 'admin_credential.change',
    entity: 'admin_credential',
    entityId: id,
    before: { valid: revoked.map((each) => each.id) },
    after: { valid: [id] },
  })
}
