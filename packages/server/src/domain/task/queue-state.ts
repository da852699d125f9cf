import type { WorkspaceId } from '@molecule/contract/id'
import type { Queue, QueueState } from '@molecule/contract/task'
import { prepared } from '../../db/prepared.ts'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'

const facts = prepared((db, { id }: { id: WorkspaceId }) =>
  db
    .selectFrom('workspaces')
    .select((is) => [
      'status',
      'desiredState',
      'maxConcurrentTasks',
      is
        .selectFrom('tasks')
        .select((of) => of.fn.countAll<number>().as('n'))
        .where('calleeId', '=', id)
        .where('status', '=', 'queued')
        .where('endedAt', 'is', null)
        .as('depth'),
      is
        .selectFrom('taskAttempts')
        .select((of) => of.fn.countAll<number>().as('n'))
        .where('workspaceId', '=', id)
        .where('endedAt', 'is', null)
        .where('startedAt', 'is not', null)
        .as('running'),
    ])
    .where('id', '=', id),
)

/** How the queue of a workspace stands, for whoever has put something into it. None of its states is an error. */
export async function queueOf(db: Queryable, id: WorkspaceId): Promise<Queue> {
  const [found] = await facts(db, { id })
  if (!found) return { state: 'stopped', depth: 0 }
  const isBusy = Number(found.running ?? 0) >= found.maxConcurrentTasks
  return { state: stateOf(found, isBusy), depth: Number(found.depth ?? 0) }
}

const byStatus: Partial<Record<WorkspaceRow['status'], QueueState>> = {
  provisioning: 'starting',
  hibernating: 'hibernated',
  hibernated: 'hibernated',
  offline: 'offline',
  awaiting_agent: 'awaiting_agent',
  failed: 'failed',
  removed: 'stopped',
}

function stateOf(
  { status, desiredState }: Pick<WorkspaceRow, 'status' | 'desiredState'>,
  isBusy: boolean,
): QueueState {
  if (desiredState === 'paused') return 'paused'
  return byStatus[status] ?? (isBusy ? 'busy' : 'ready')
}
