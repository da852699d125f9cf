import { join } from 'node:path'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
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
  await transact(db, async (tx) => {
    const now = await dbNow(tx)
    const tokenHash = hashToken(token)
    await tx
      .updateTable('credentials')
      .set({ revokedAt: now })
      .where('kind', '=', 'admin')
      .where('tokenHash', '<>', tokenHash)
      .where('revokedAt', 'is', null)
      .execute()
    const known = await tx
      .updateTable('credentials')
      .set({ revokedAt: null })
      .where('kind', '=', 'admin')
      .where('tokenHash', '=', tokenHash)
      .returning('id')
      .executeTakeFirst()
    if (!known) await mintCredential(tx, { orgId, kind: 'admin', token, now })
  })
}
