import { dbNow } from '../../db/dialect/dialect.ts'
import type { CredentialRow, Queryable } from '../../db/tables.ts'
import { liveCredentials } from './credential-store.ts'
import type { OrgScope } from './principal.ts'

const MAX_SESSIONS = 500

/** Newest first. */
export async function listSessions(db: Queryable, scope: OrgScope): Promise<CredentialRow[]> {
  return liveCredentials(db, { orgId: scope.orgId, kind: 'session', now: await dbNow(db) })
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(MAX_SESSIONS)
    .execute()
}
