import type { Workload, WorkloadVerb } from '@molecule/contract/backend-host'
import type { Db, Queryable } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { DomainError } from '../error.ts'
import type { Person, Principal, PrincipalOf } from './principal.ts'

/** Another server that uses our backends: one name of tokens, one installation. */
export type Tenant = { readonly name: string; readonly installId: string }

/**
 * The name of its token, not the token: tokens expire and are rotated, and what runs must be found with the next one.
 * So servers that must not see each other's workloads need tokens of different names.
 */
export async function tenantName(db: Queryable, principal: Person): Promise<string> {
  const { credentialId } = tokenOf(principal)
  const { name } = await db
    .selectFrom('credentials')
    .select('name')
    .where('id', '=', credentialId)
    .executeTakeFirstOrThrow()
  if (name !== null) return name
  throw new DomainError('forbidden', 'this token has no name, and tenants are known by theirs', {
    hint: 'Make a token with a name of its own for each server that uses the backends of this one.',
  })
}

function tokenOf(principal: Principal): PrincipalOf<'org_token'> {
  if (principal.kind === 'org_token') return principal
  throw new DomainError('forbidden', 'this is for other servers, which have a token of the org', {
    hint: 'Make a token with a name and the scope backends:use, and give it to the other server as CONTROL_PLANE_TOKEN.',
  })
}

export type Use = { verb: WorkloadVerb; tenant: Tenant; workload: Workload }

/** Written before the backend is called, so that nothing is done of which nobody knows. */
export async function recordUse(db: Db, by: Person, { verb, tenant, workload }: Use) {
  const { owner, workspace_id, incarnation } = workload
  await transact(db, (tx) =>
    audit(tx, by, {
      action: `backend.${verb}`,
      entity: 'workload',
      entityId: `${owner.install_id}/${workspace_id}/${incarnation}`,
      after: { tenant: tenant.name, node_id: owner.node_id },
    }),
  )
}
