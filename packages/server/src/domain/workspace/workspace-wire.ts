import type { WorkspaceId } from '@molecule/contract/id'
import { Workspace } from '@molecule/contract/workspace'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'

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
    last_sample_error: row.failureReason?.detail ?? null,
    next_start_at: time(row.nextStartAt),
    max_concurrent_tasks: row.maxConcurrentTasks,
    active_tasks: load.activeTasks,
    current_task: load.currentTask,
    last_heartbeat_at: time(row.lastHeartbeatAt),
    last_activity_at: time(row.lastActivityAt),
    x: row.x,
    y: row.y,
    collapsed: row.collapsed === 1,
    needs_restart: row.desiredState === 'running' && row.configGeneration > row.startedGeneration,
    rev: row.rev,
    created_at: time(row.createdAt),
    updated_at: time(row.updatedAt),
  })
}
