import type { Reason } from '@molecule/contract/workspace'
import { lockRow } from '../../db/dialect/dialect.ts'
import type { Db } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { type HostRef, hostsWorkspace } from '../task/task-lease.ts'
import { redactReason } from '../task/task-reason.ts'
import { moveWorkspace } from '../workspace/workspace-status.ts'

/** A host that cannot serve says why. Another start would only repeat it, so none is planned. */
export async function failHost(db: Db, host: HostRef, reason: Reason): Promise<boolean> {
  const failureReason = redactReason(reason)
  return transact(db, async (tx) => {
    await lockRow(tx, 'workspaces', host.workspaceId)
    const row = await hostsWorkspace(tx, host)
    const change = { failureReason, startFailures: row.startFailures + 1, nextStartAt: null }
    const moved = await moveWorkspace(tx, row.id, 'fail', change, { incarnation: host.incarnation })
    return moved !== undefined
  })
}
