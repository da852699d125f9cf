import type { ProvisionPhase } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { recordWorkspace } from '../event/record.ts'

type Entering = {
  incarnation: number
  from: readonly ProvisionPhase[]
  to: ProvisionPhase
}

/** The start has come one phase further. Watchers are told, and the time of the new phase counts from now. */
export async function enterPhase(
  tx: Tx,
  id: WorkspaceRow['id'],
  { incarnation, from, to }: Entering,
): Promise<void> {
  const now = await dbNow(tx)
  const row = await tx
    .updateTable('workspaces')
    .set({ provisionPhase: to, provisionStartedAt: now, updatedAt: now, rev: sql`rev + 1` })
    .where('id', '=', id)
    .where('status', '=', 'provisioning')
    .where('incarnation', '=', incarnation)
    .where('provisionPhase', 'in', from)
    .returningAll()
    .executeTakeFirst()
  if (row) await recordWorkspace(tx, 'WORKSPACE_PROVISIONING', row, { payload: { phase: to } })
}
