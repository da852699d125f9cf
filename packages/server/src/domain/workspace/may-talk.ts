import type { WorkspaceId } from '@molecule/contract/id'
import { prepared } from '../../db/prepared.ts'
import type { Queryable } from '../../db/tables.ts'
import { ancestry } from './workspace-store.ts'

const placesOf = prepared((db, { a, b }: { a: WorkspaceId; b: WorkspaceId }) =>
  db
    .selectFrom('workspaces')
    .select(['id', 'orgId', 'parentId', 'desiredState'])
    .where('id', 'in', [a, b]),
)

/** Who may talk to whom: oneself, siblings, roots of one org, ancestors and descendants; live, and inside one org. */
export async function mayTalk(db: Queryable, a: WorkspaceId, b: WorkspaceId): Promise<boolean> {
  const rows = await placesOf(db, { a, b })
  const [from, to] = [a, b].map((id) => rows.find((row) => row.id === id))
  if (!from || !to || from.orgId !== to.orgId) return false
  if (from.desiredState === 'removed' || to.desiredState === 'removed') return false
  if (from.parentId === to.parentId || from.parentId === b || to.parentId === a) return true
  return (await ancestry(db, a)).includes(b) || (await ancestry(db, b)).includes(a)
}
