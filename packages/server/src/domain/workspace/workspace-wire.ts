import type { WorkspaceId } from '@molecule/contract/id'
import { Workspace } from '@molecule/contract/workspace'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'
import { isExternal } from './external.ts'

/** What the tasks of a workspace say about it now. */
export type Load = { activeTasks: number; currentTask: string | null }

export const idle: Load = { activeTasks: 0, currentTask: null }

/** The load of every workspace that works on something. */
export async function loads(db: Queryable, ids?: WorkspaceId[]): Promise<Map<WorkspaceId, Load>> {
  const rows = await db
    .selectFrom('tasks')
    .innerJoin('taskAttempts', 'taskAttempts.taskId', 'tasks.id')
    .select(['tasks.calleeId', 'tasks.preview', 'taskAttempts.startedAt'])
    .where('tasks.endedAt', 'is', null)
    .where('taskAttempts.endedAt', 'is', null)
    .where('taskAttempts.startedAt', 'is not', null)
    .$if(ids !== undefined, (query) => query.where('tasks.calleeId', 'in', ids ?? []))
    .orderBy('taskAttempts.startedAt')
    .execute()
  const found = new Map<WorkspaceId, Load>()
  for (const row of rows) {
    const load = found.get(row.calleeId)
    if (load) load.activeTasks += 1
    else found.set(row.calleeId, { activeTasks: 1, currentTask: row.preview })
  }
  return found
}

export async function loadOf(db: Queryable, id: WorkspaceId): Promise<Load> {
  return (await loads(db, [id])).get(id) ?? idle
}

/** Whether the present start lacks a change that only a start reads. */
export const needsRestart = (
  row: Pick<WorkspaceRow, 'backend' | 'desiredState' | 'configGeneration' | 'startedGeneration'>,
): boolean =>
  row.desiredState === 'running' && row.configGeneration > row.startedGeneration && !isExternal(row)

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

export function workspaceToWire(row: WorkspaceRow, load: Load = idle): Workspace {
  return Workspace.parse({
    id: row.id,
    name: row.name,
    role: row.role,
    parent_id: row.parentId,
    runtime: row.runtime,
    runtime_config: row.runtimeConfig,
    model: row.model,
    tier: row.tier,
    workspace_dir: row.workspaceDir,
    backend: row.backend,
    status: row.status,
    desired_state: row.desiredState,
    paused_by: row.pausedBy,
    hibernation_idle_minutes: row.hibernationIdleMinutes,
    generation: row.generation,
    observed_generation: row.observedGeneration,
    incarnation: row.incarnation,
    provision_phase: row.provisionPhase,
    failure_reason: row.failureReason,
    last_sample_error: row.failureReason?.detail ?? row.lastRuntimeError,
    last_runtime_error: row.lastRuntimeError,
    error_rate: row.errorRate,
    uptime_seconds: row.uptimeSeconds,
    delivery_mode: row.deliveryMode,
    url: row.url,
    agent_card: row.agentCard,
    next_start_at: time(row.nextStartAt),
    max_concurrent_tasks: row.maxConcurrentTasks,
    ...workOf(row, load),
    last_heartbeat_at: time(row.lastHeartbeatAt),
    last_activity_at: time(row.lastActivityAt),
    x: row.x,
    y: row.y,
    collapsed: row.collapsed === 1,
    needs_restart: needsRestart(row),
    rev: row.rev,
    created_at: time(row.createdAt),
    updated_at: time(row.updatedAt),
  })
}

/** Our own hosts work through leases, so their attempts are the truth; of other agents we have but their word. */
const workOf = (row: WorkspaceRow, load: Load) =>
  isExternal(row)
    ? {
        active_tasks: row.reportedActiveTasks ?? load.activeTasks,
        current_task: row.reportedTask || null,
      }
    : { active_tasks: load.activeTasks, current_task: load.currentTask }

/** As other workspaces see it: how it is started, and with what, is not their matter. */
export const toPeer = (workspace: Workspace): Workspace => ({
  ...workspace,
  runtime_config: {},
  workspace_dir: null,
})
