import { openDatabase } from '../../../packages/server/src/db/database.ts'
import { dbNow } from '../../../packages/server/src/db/dialect/dialect.ts'
import { transact } from '../../../packages/server/src/db/transact.ts'
import { mintCredential } from '../../../packages/server/src/domain/identity/credential-store.ts'
import type { Installation } from './installation.ts'

const fail = (error: unknown) => {
  throw error
}

/** A token with which another server uses the backends of this installation, which must not be running. */
export async function tenantToken({ dataDir }: Installation, name: string): Promise<string> {
  const url = `sqlite:${dataDir}/molecule.db`
  const { db, close } = await openDatabase({ url, onFatal: fail, onError: fail })
  try {
    const { id: orgId } = await db.selectFrom('orgs').select('id').executeTakeFirstOrThrow()
    const scopes = ['backends:use' as const]
    return await transact(db, async (tx) =>
      mintCredential(tx, { orgId, kind: 'org_token', name, scopes, now: await dbNow(tx) }),
    )
  } finally {
    await close()
  }
}
