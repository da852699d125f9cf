import type { Activity } from '@molecule/contract/activity'
import type {
  EventFrame,
  Snapshot,
  TaskEvent,
  TaskOutputEvent,
  WorkspaceEvent,
} from '@molecule/contract/event'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { OutputChunk, TaskSummary } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import { emptyLiveState, type LiveState } from '../state/live-state.ts'
import { reduce } from '../state/reduce.ts'

export const epoch = 'epoch-1'
const moment = '2026-01-01T00:00:00.000Z'

export const at = (seconds: number) => new Date(Date.parse(moment) + seconds * 1000).toISOString()

export const workspaceId = (id: string) => id as WorkspaceId
const taskId = (id: string) => id as TaskId

export function givenWorkspace(id: string, part: Partial<Workspace> = {}): Workspace {
  return {
    id: workspaceId(id),
    name: id,
    role: null,
    parent_id: null,
    runtime: 'command',
    runtime_config: { command: 'cat' },
    model: '',
    tier: 3,
    workspace_dir: null,
    backend: 'process',
    status: 'online',
    desired_state: 'running',
    paused_by: null,
    hibernation_idle_minutes: null,
    generation: 1,
    observed_generation: 1,
    incarnation: 1,
    provision_phase: null,
    failure_reason: null,
    last_sample_error: null,
    last_runtime_error: null,
    error_rate: null,
    uptime_seconds: null,
    delivery_mode: null,
    url: null,
    agent_card: null,
    next_start_at: null,
    max_concurrent_tasks: 1,
    active_tasks: 0,
    current_task: null,
    last_heartbeat_at: null,
    last_activity_at: null,
    x: 0,
    y: 0,
    collapsed: false,
    needs_restart: false,
    rev: 1,
    created_at: moment,
    updated_at: moment,
    ...part,
  }
}

export function givenTask(
  id: string,
  callee: string,
  part: Partial<TaskSummary> = {},
): TaskSummary {
  return {
    id: taskId(id),
    caller: { kind: 'user', id: 'admin' },
    callee_id: workspaceId(callee),
    status: 'in_progress',
    waiting_for: null,
    waiting_reason: null,
    preview: `do ${id}`,
    result_preview: null,
    error: null,
    attempt: 1,
    retry_count: 0,
    max_attempts: 3,
    priority: 50,
    start_by: null,
    retry_of: null,
    superseded_by: null,
    parent_task_id: null,
    context_id: 'c',
    trace_id: 't',
    deadline: at(3600),
    last_heartbeat: null,
    cancel_requested_at: null,
    next_attempt_at: null,
    created_at: moment,
    updated_at: moment,
    ended_at: null,
    rev: 1,
    ...part,
  }
}

export function workspaceEvent(workspace: Workspace, seq?: number): WorkspaceEvent {
  return {
    ...(seq === undefined ? {} : { seq }),
    event: workspace.status === 'removed' ? 'WORKSPACE_REMOVED' : 'WORKSPACE_UPDATED',
    entity: 'workspace',
    entity_id: workspace.id,
    workspace_id: workspace.id,
    timestamp: moment,
    rev: workspace.rev,
    actor: 'system',
    payload: { workspace },
  }
}

export function taskEvent(task: TaskSummary, seq?: number): TaskEvent {
  return {
    ...(seq === undefined ? {} : { seq }),
    event: 'TASK_STATUS',
    entity: 'task',
    entity_id: task.id,
    workspace_id: task.callee_id,
    timestamp: moment,
    rev: task.rev,
    actor: 'system',
    payload: { task },
  }
}

export function givenActivity(seq: number, part: Partial<Activity> = {}): Activity {
  return {
    id: `activity-${seq}`,
    workspace_id: workspaceId('w'),
    seq,
    activity_type: 'a2a_receive',
    direction: 'in',
    source_id: null,
    source_kind: 'user',
    target_id: null,
    method: 'message/send',
    summary: 'hello',
    status: 'ok',
    error_detail: null,
    duration_ms: null,
    task_id: null,
    request_body: null,
    response_body: null,
    tool_trace: null,
    is_cut: false,
    data: { source: 'canvas', source_id: null, text: 'hello' },
    created_at: moment,
    ...part,
  }
}

export function givenChunk(task: string, part: Partial<OutputChunk> = {}): OutputChunk {
  return {
    task_id: taskId(task),
    attempt: 1,
    chunk: 0,
    offset: 0,
    stream: 'stdout',
    text: '',
    at: moment,
    ...part,
  }
}

export function outputEvent(chunk: OutputChunk): TaskOutputEvent {
  return {
    event: 'TASK_OUTPUT',
    entity: 'task_output',
    entity_id: chunk.task_id,
    workspace_id: workspaceId('w'),
    timestamp: moment,
    rev: 0,
    actor: 'host',
    payload: chunk,
  }
}

export function givenSnapshot(part: Partial<Snapshot> = {}): Snapshot {
  return { epoch, seq: 0, now: moment, org_id: 'org', workspaces: [], tasks: [], ...part }
}

export function givenLive(workspaces: Workspace[], tasks: TaskSummary[] = []): LiveState {
  const snapshot = givenSnapshot({ workspaces, tasks })
  return reduce(emptyLiveState, { type: 'snapshot', snapshot })
}

export const applied = (state: LiveState, frames: readonly EventFrame[]) =>
  reduce(state, { type: 'frames', frames })
