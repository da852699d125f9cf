import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { moveTask } from './task-status.ts'

const PAGE = 1000

/** Nobody is left to do what a removed workspace was asked: its open tasks fail, and their callers hear of it. */
export async function endTasksOfRemoved(tx: Tx, workspace: WorkspaceRow): Promise<void> {
  const open = await tx
    .selectFrom('tasks')
    .select('id')
    .where('calleeId', '=', workspace.id)
    .where('endedAt', 'is', null)
    .orderBy('id')
    .limit(PAGE)
    .execute()
  for (const { id } of open)
    await moveTask(tx, id, 'fail', {
      error: {
        code: 'workspace_removed',
        detail: `The workspace ${workspace.name} was removed before this was done.`,
        hint: 'Ask another workspace.',
      },
    })
  if (open.length === PAGE) await endTasksOfRemoved(tx, workspace)
}
