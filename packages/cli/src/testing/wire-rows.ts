import { randomUUID } from 'node:crypto'
import { Activity } from '@molecule/contract/activity'
import { BrowserSession, OrgToken, WorkspaceToken } from '@molecule/contract/identity'
import { Schedule } from '@molecule/contract/schedule'
import { type OutputChunk, Task } from '@molecule/contract/task'
import { Webhook } from '@molecule/contract/webhook'
import { Workspace } from '@molecule/contract/workspace'

const at = '2026-01-02T03:04:05.000Z'

/** A workspace as the server sends it; the contract checks it, so a test cannot dream up a field. */
export const workspaceRow = (given: Partial<Record<keyof Workspace, unknown>> = {}): Workspace =>
  Workspace.parse({
    id: randomUUID(),
    name: 'Echo',
    role: null,
    parent_id: null,
    runtime: 'command',
    runtime_config: { command: 'cat', args: [], env: {} },
    model: 'anthropic:claude-opus-4-7',
    tier: 1,
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
    created_at: at,
    updated_at: at,
    ...given,
  })

export const activityRow = (given: Partial<Record<keyof Activity, unknown>> = {}): Activity =>
  Activity.parse({
    id: randomUUID(),
    workspace_id: randomUUID(),
    seq: 1,
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
    created_at: at,
    ...given,
  })

export const taskRow = (given: Partial<Record<keyof Task, unknown>> = {}): Task =>
  Task.parse({
    id: randomUUID(),
    caller: { kind: 'user', id: 'admin' },
    callee_id: randomUUID(),
    status: 'in_progress',
    waiting_for: null,
    waiting_reason: null,
    preview: 'hello',
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
    context_id: 'context',
    trace_id: 'trace',
    deadline: at,
    last_heartbeat: null,
    cancel_requested_at: null,
    next_attempt_at: null,
    created_at: at,
    updated_at: at,
    ended_at: null,
    rev: 1,
    text: 'hello',
    result: null,
    timeline: [],
    attempts: [],
    questions: [],
    children: [],
    ...given,
  })

export const completed = (result: string) => ({
  status: 'completed' as const,
  result,
  result_preview: result,
  ended_at: at,
})

export const failed = (detail: string) => ({
  status: 'failed' as const,
  error: { code: 'exit_code', detail, hint: 'Look at the program.' },
  ended_at: at,
})

type Chunk = Partial<Pick<OutputChunk, 'attempt' | 'stream'>>

export const chunkRow = (task: Task, text: string, given: Chunk = {}): OutputChunk => ({
  task_id: task.id,
  attempt: 1,
  chunk: 0,
  offset: 0,
  stream: 'stdout',
  text,
  at,
  ...given,
})

export const orgTokenRow = (given: Partial<Record<keyof OrgToken, unknown>> = {}): OrgToken =>
  OrgToken.parse({
    id: randomUUID(),
    prefix: 'mol_orgtoken_AbC123',
    name: 'ci',
    org_id: 'org',
    scopes: ['workspaces:read'],
    created_by: 'admin',
    created_at: at,
    ...given,
  })

export const workspaceTokenRow = (
  given: Partial<Record<keyof WorkspaceToken, unknown>> = {},
): WorkspaceToken =>
  WorkspaceToken.parse({
    id: randomUUID(),
    prefix: 'mol_workspace_AbC123',
    name: 'bridge',
    created_by: 'admin',
    created_at: at,
    last_used_at: null,
    expires_at: null,
    ...given,
  })

export const sessionRow = (
  given: Partial<Record<keyof BrowserSession, unknown>> = {},
): BrowserSession =>
  BrowserSession.parse({
    id: randomUUID(),
    name: 'Ann',
    role: 'viewer',
    client: 'Mozilla/5.0',
    is_current: false,
    created_at: at,
    last_used_at: null,
    expires_at: at,
    ...given,
  })

export const scheduleRow = (given: Partial<Record<keyof Schedule, unknown>> = {}): Schedule =>
  Schedule.parse({
    id: randomUUID(),
    workspace_id: randomUUID(),
    name: 'schedule 1',
    enabled: true,
    status: 'never_run',
    last_run_at: null,
    next_run_at: at,
    last_status: '',
    run_count: 0,
    cron_expr: '0 9 * * *',
    timezone: 'UTC',
    prompt: 'What is next?',
    source: 'runtime',
    misfire: 'once',
    busy: 'skip',
    paused: 'skip',
    report_to: null,
    last_task_id: null,
    last_error: '',
    created_at: at,
    updated_at: at,
    ...given,
  })

export const webhookRow = (given: Partial<Record<keyof Webhook, unknown>> = {}): Webhook => {
  const id = randomUUID()
  return Webhook.parse({
    id,
    workspace_id: randomUUID(),
    name: 'issues',
    kind: 'github',
    prompt: 'What is this about?',
    events: ['issues.opened'],
    enabled: true,
    url: `http://127.0.0.1:8080/webhooks/in/${id}`,
    created_at: at,
    updated_at: at,
    ...given,
  })
}
