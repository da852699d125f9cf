import type { ResourceUsage } from '@molecule/contract/admin'
import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import { prepared } from '../../db/prepared.ts'
import type { Db, ResourceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { notFound } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import { findWorkspace } from '../workspace/workspace-store.ts'

/** What was counted of one start. */
export type Counted = {
  workspaceId: WorkspaceId
  incarnation: number
  cpuMs: number
  memoryBytes: number
  processes: number
}

type Stored = Counted & { usageAt: number }

const store = prepared(
  (tx, { workspaceId, incarnation, usageAt, cpuMs, memoryBytes, processes }: Stored) =>
    tx
      .updateTable('resources')
      .set({ usageAt, cpuMs, memoryBytes, processes })
      .where('workspaceId', '=', workspaceId)
      .where('incarnation', '=', incarnation)
      .where('closedAt', 'is', null),
)

export async function recordUsage(db: Db, counted: readonly Counted[]): Promise<void> {
  if (counted.length === 0) return
  await transact(db, async (tx) => {
    const usageAt = await dbNow(tx)
    for (const { workspaceId, incarnation, cpuMs, memoryBytes, processes } of counted)
      await store(tx, { workspaceId, incarnation, cpuMs, memoryBytes, processes, usageAt })
  })
}

/** Nothing where it was never counted: unknown is not zero. */
export function usageToWire(row: ResourceRow): ResourceUsage | null {
  const { usageAt, cpuMs, memoryBytes, processes } = row
  if (usageAt === null) return null
  return {
    at: new Date(usageAt).toISOString(),
    cpu_s: (cpuMs ?? 0) / 1000,
    memory_bytes: memoryBytes ?? 0,
    processes: processes ?? 0,
  }
}

/** Of the present start of a workspace. */
export async function usageOfWorkspace(db: Db, scope: OrgScope, id: string) {
  const workspace = await findWorkspace(db, scope, id)
  if (!workspace) throw notFound('workspace', id)
  const row = await db
    .selectFrom('resources')
    .selectAll()
    .where('workspaceId', '=', workspace.id)
    .where('incarnation', '=', workspace.incarnation)
    .where('closedAt', 'is', null)
    .executeTakeFirst()
  const { incarnation } = workspace
  return { workspace_id: workspace.id, incarnation, usage: row ? usageToWire(row) : null }
}
