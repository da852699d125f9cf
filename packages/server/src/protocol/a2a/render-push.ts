import type { TaskId } from '@molecule/contract/id'
import { notFound } from '../../domain/error.ts'
import { taskById } from '../../domain/task/task-store.ts'
import { workspaceById } from '../../domain/workspace/workspace-store.ts'
import type { Services } from '../../http/context.ts'
import type { Version } from './version.ts'

/** What receivers are told of a task as it is now. */
export async function renderPush(
  services: Services,
  taskId: TaskId,
  version: Version,
): Promise<string> {
  const task = await taskById(services.db, taskId)
  const workspace = task && (await workspaceById(services.db, task.calleeId))
  if (!workspace) throw notFound('task', taskId)
  const { pushBody } = await import('./serve.ts')
  const call = {
    services,
    workspace,
    version,
    principal: { kind: 'system' as const, orgId: workspace.orgId },
    signal: services.closing,
    timeoutS: 0,
  }
  return pushBody(call, taskId)
}
