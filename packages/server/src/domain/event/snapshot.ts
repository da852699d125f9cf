import type { Snapshot } from '@molecule/contract/event'
import { openTaskStatuses } from '@molecule/contract/task'
import { dbNow } from '../../db/dialect/dialect.ts'
import { snapshotRead } from '../../db/snapshot-read.ts'
import type { Db, TaskRow } from '../../db/tables.ts'
import type { OrgScope } from '../identity/principal.ts'
import { listTasks } from '../task/task-store.ts'
import { taskSummaryToWire } from '../task/task-wire.ts'
import { listWorkspaces } from '../workspace/workspace-store.ts'
import { idle, loads, workspaceToWire } from '../workspace/workspace-wire.ts'
import { feedHead } from './event-store.ts'

const MAX_OPEN = 2000
const NEWEST = 200

/** Everything the canvas shows, as of one position of the feed. */
export async function takeSnapshot(db: Db, scope: OrgScope): Promise<Omit<Snapshot, 'epoch'>> {
  return snapshotRead(db, async (tx) => {
    const rows = await listWorkspaces(tx, scope)
    const load = await loads(tx)
    const open = await listTasks(tx, scope, { statuses: [...openTaskStatuses], limit: MAX_OPEN })
    const newest = await listTasks(tx, scope, { limit: NEWEST })
    const tasks = new Map<string, TaskRow>([...newest, ...open].map((row) => [row.id, row]))
    return {
      seq: await feedHead(tx),
      now: new Date(await dbNow(tx)).toISOString(),
      org_id: scope.orgId,
      workspaces: rows.map((row) => workspaceToWire(row, load.get(row.id) ?? idle)),
      tasks: [...tasks.values()].map(taskSummaryToWire),
    }
  })
}
