import { randomUUID } from 'node:crypto'
import { Notified, Notify } from '@molecule/contract/activity'
import { ResourceList, Shutdown, ShutdownResult, WorkspaceUsage } from '@molecule/contract/admin'
import { AuditPage, AuditVerdict } from '@molecule/contract/audit'
import { AdminDelegations, type DelegationFilter } from '@molecule/contract/delegation'
import { EventPage } from '@molecule/contract/event'
import { Health, Ready } from '@molecule/contract/health'
import { rights } from '@molecule/contract/identity'
import {
  CollapseResult,
  HibernateResult,
  PauseResult,
  ResumeResult,
  Subtree,
  type VerbTarget,
} from '@molecule/contract/lifecycle'
import {
  ApplyOrg,
  ExportedOrg,
  LeftoverList,
  OrgApplied,
  OrgPlan,
  OrgTemplate,
  PlanOrg,
  PrunedOrg,
  PruneOrg,
} from '@molecule/contract/org'
import { type Connection, CreatedWorkspace } from '@molecule/contract/registry'
import { RuntimeList } from '@molecule/contract/runtime'
import { LoginLink, Session } from '@molecule/contract/session'
import {
  AnswerTask,
  AskQuestion,
  CreateTask,
  Delegate,
  DelegateResult,
  ReportProgress,
  TaskSummary,
  taskStatuses,
} from '@molecule/contract/task'
import { ExtendTask, ReassignTask, TaskExplanation } from '@molecule/contract/task-explain'
import {
  CreateWorkspace,
  DeleteWorkspaceResult,
  type Workspace,
} from '@molecule/contract/workspace'
import { exportText, headOf } from './audit-export.ts'
import { configRoutes } from './config-routes.ts'
import { on, type Route, workspaceOf } from './contract-route.ts'
import { type ContractState, Refused } from './contract-state.ts'
import { identityRoutes } from './identity-routes.ts'
import { scheduleRoutes } from './schedule-routes.ts'
import {
  deleteSecret,
  listSecrets,
  restartDependents,
  rotateKey,
  saveSecret,
} from './secret-answers.ts'
import { webhookRoutes } from './webhook-routes.ts'
import { taskRow, workspaceRow } from './wire-rows.ts'

/** The workspace itself and its children. */
function subtreeIn(state: ContractState, id: string): Subtree {
  const top = workspaceOf(state, id)
  const below = state.workspaces.filter((one) => one.parent_id === id)
  const workspaces = [top, ...below].map((one) => ({
    ...one,
    depth: one.id === id ? 0 : 1,
    open_tasks: one.active_tasks,
  }))
  const tasks = workspaces.reduce((sum, one) => sum + one.active_tasks, 0)
  return { workspaces, count: workspaces.length, active_tasks: tasks, open_tasks: tasks }
}

const targetsOf = (
  state: ContractState,
  id: string,
  given: Pick<VerbTarget, 'outcome' | 'detail'>,
) =>
  subtreeIn(state, id).workspaces.map((one) => ({
    id: one.id,
    name: one.name,
    generation: 2,
    ...given,
  }))

const taskOf = ({ tasks }: ContractState, id: string) => {
  const found = tasks.find((one) => one.id === id)
  if (found) return found
  throw new Refused(404, 'not_found', `task ${id} does not exist`)
}

function ask(state: ContractState, calleeId: string, text: string) {
  const task = taskRow({ callee_id: workspaceOf(state, calleeId).id, text, preview: text })
  state.tasks.push(task)
  Object.assign(task, state.onAsk(task))
  return task
}

const justCreated = {
  status: 'provisioning',
  incarnation: 0,
  observed_generation: 0,
  failure_reason: null,
}

const connectionOf = ({ id, created_at }: Workspace, auth_token: string): Connection => ({
  workspace_id: id,
  platform_url: 'https://molecule.example',
  auth_token,
  registry_endpoint: 'https://molecule.example/registry/register',
  heartbeat_endpoint: 'https://molecule.example/registry/heartbeat',
  mcp_endpoint: `https://molecule.example/workspaces/${id}/mcp`,
  snippets: [
    {
      ...{
        id: 'codex',
        title: 'Codex',
        language: 'sh',
        text: `codex with ${auth_token || 'none'}`,
      },
      common_problems: [{ problem: '401', fix: 'Rotate.' }],
    },
  ],
  created_at,
})

const createdExternal = (row: Workspace) =>
  CreatedWorkspace.parse({
    ...row,
    runtime: 'external',
    backend: 'external',
    status: 'awaiting_agent',
    external: true,
    connection: connectionOf(row, 'mol_workspace_secret'),
  })

const workspaceRoutes: Route[] = [
  on('GET', '/workspaces', (state) => ({ body: state.workspaces })),
  on('POST', '/workspaces', (state, { body }) => {
    const input = CreateWorkspace.parse(body)
    if (input.name.length > 50) throw new Refused(400, 'invalid', 'the request is not valid')
    if (state.workspaces.some(({ name }) => name === input.name))
      throw new Refused(409, 'name_taken', `"${input.name}" is taken`)
    const row = workspaceRow({ ...input, ...state.onCreate })
    state.workspaces.push(row)
    if (input.external) return { status: 201, body: createdExternal(row) }
    return { status: 201, body: workspaceRow({ ...row, ...justCreated }) }
  }),
  on('GET', '/workspaces/:id', (state, _asked, id) => ({ body: workspaceOf(state, id) })),
  on('GET', '/workspaces/:id/external/connection', (state, _asked, id) => ({
    body: connectionOf(workspaceOf(state, id), ''),
  })),
  on('POST', '/workspaces/:id/external/rotate', (state, _asked, id) => ({
    body: connectionOf(workspaceOf(state, id), 'mol_workspace_next'),
  })),
  on('POST', '/workspaces/:id/restart', (state, _asked, id) => ({ body: workspaceOf(state, id) })),
  on('GET', '/workspaces/:id/subtree', (state, _asked, id) => ({
    body: Subtree.parse(subtreeIn(state, id)),
  })),
  on('POST', '/workspaces/:id/pause', (state, _asked, id) => {
    const targets = targetsOf(state, id, { outcome: 'paused', detail: 'is being stopped' })
    const body = { status: 'paused', paused_count: targets.length, targets, generation: 2 }
    return { body: PauseResult.parse(body) }
  }),
  on('POST', '/workspaces/:id/resume', (state, _asked, id) => {
    const targets = targetsOf(state, id, { outcome: 'resumed', detail: 'is being started' })
    const body = { status: 'provisioning', resumed_count: targets.length, targets, generation: 3 }
    return { body: ResumeResult.parse(body) }
  }),
  on('POST', '/workspaces/:id/hibernate', (state, { query }, id) => {
    const interrupted_tasks = workspaceOf(state, id).active_tasks
    if (interrupted_tasks > 0 && query.get('force') !== 'true')
      throw new Refused(409, 'not_allowed_now', 'the workspace has work: 1 running, 0 waiting')
    const body = { status: 'hibernating', interrupted_tasks, queued_tasks: 0, generation: 2 }
    return { body: HibernateResult.parse(body) }
  }),
  on('POST', '/workspaces/:id/wake', (state, _asked, id) => ({ body: workspaceOf(state, id) })),
  on('POST', '/workspaces/:id/collapse', (state, _asked, id) => {
    const below = subtreeIn(state, id).workspaces.slice(1)
    const removed = below.map((one) => one.id)
    state.workspaces = state.workspaces.filter((one) => !removed.includes(one.id))
    return { body: CollapseResult.parse({ status: 'collapsed', removed, generation: 1 }) }
  }),
  on('GET', '/workspaces/:id/logs', (state, { query }, id) => {
    workspaceOf(state, id)
    return { text: state.log.slice(-Number(query.get('tail') ?? 200)).join('') }
  }),
  on('DELETE', '/workspaces/:id', (state, _asked, id) => {
    const { generation } = workspaceOf(state, id)
    const gone = state.workspaces.filter((one) => one.id === id || one.parent_id === id)
    state.workspaces = state.workspaces.filter((one) => !gone.includes(one))
    const cascade_deleted = gone.map((one) => one.id).filter((one) => one !== id)
    const body = DeleteWorkspaceResult.parse({ status: 'removed', cascade_deleted, generation })
    return { body }
  }),
  on('POST', '/workspaces/:id/tasks', (state, { body }, id) => ({
    status: 202,
    body: TaskSummary.parse(ask(state, id, CreateTask.parse(body).text)),
  })),
  on('POST', '/workspaces/:id/delegate', (state, { body }, id) => {
    workspaceOf(state, id)
    const input = Delegate.parse(body)
    const task = ask(state, input.target_id, input.task)
    const answer = { delegation_id: task.id, status: 'delegated', target_id: task.callee_id }
    return { status: 202, body: DelegateResult.parse(answer) }
  }),
  on('GET', '/workspaces/:id/inbox', ({ inbox }) => ({ body: { items: inbox } })),
  on('GET', '/workspaces/:id/activity', (state, { query }) => {
    const after = query.get('since_id')
    const seq = state.activity.find(({ id }) => id === after)?.seq
    const newer = state.activity.filter((entry) => entry.seq > (seq ?? 0))
    const type = query.get('type')
    const found = newer.filter((entry) => type === null || entry.activity_type === type)
    return { body: seq === undefined ? found.toReversed() : found }
  }),
  on('GET', '/workspaces/:id/session-search', (state, { query }) => ({
    body: state.activity.filter(({ summary }) => summary.includes(query.get('q') ?? '')),
  })),
  on('POST', '/workspaces/:id/notify', (_state, { body }) => {
    Notify.parse(body)
    return { body: Notified.parse({ status: 'sent', activity_id: randomUUID() }) }
  }),
  on('POST', '/workspaces/:id/inbox/ack', (state) => ({ body: { acked: state.inbox.length } })),
]

const taskRoutes: Route[] = [
  on('GET', '/tasks', (state, { query }) => {
    const status = query.get('status')
    const found = state.tasks.filter((task) => status === null || task.status === status)
    return { body: { tasks: found.map((task) => TaskSummary.parse(task)) } }
  }),
  on('GET', '/tasks/:id', (state, _asked, id) => ({ body: taskOf(state, id) })),
  on('GET', '/tasks/:id/output', (state, { query }, id) => {
    const task = taskOf(state, id)
    const after = Number(query.get('after') ?? 0)
    const chunks = state.output.filter((chunk) => chunk.task_id === id).slice(after)
    const done = task.ended_at !== null
    return { body: { chunks, next: after + chunks.length, done } }
  }),
  on('POST', '/tasks/:id/progress', (state, { body }, id) => {
    ReportProgress.parse(body)
    return { body: TaskSummary.parse(taskOf(state, id)) }
  }),
  on('POST', '/tasks/:id/question', (state, { body }, id) => {
    AskQuestion.parse(body)
    return { body: TaskSummary.parse(taskOf(state, id)) }
  }),
  on('POST', '/tasks/:id/answer', (state, { body }, id) => {
    AnswerTask.parse(body)
    const task = Object.assign(taskOf(state, id), { waiting_for: null, waiting_reason: null })
    return { body: TaskSummary.parse(task) }
  }),
  on('POST', '/tasks/:id/cancel', (state, _asked, id) => {
    const task = taskOf(state, id)
    if (task.ended_at !== null)
      throw new Refused(409, 'already_terminal', `the task is ${task.status}`)
    return { body: TaskSummary.parse(task) }
  }),
]

const runtimeRow = (id: string, more: object) => ({
  ...{ id, display_name: id, default_model: 'sonnet', provision_timeout_s: 60 },
  capabilities: { session: true, model: true, streaming: true },
  ...{ required_env: [], required_config: [] },
  ...more,
})

const otherRoutes: Route[] = [
  on('GET', '/health', ({ pid }) => ({
    body: Health.parse({ status: 'ok', version: '0.1.0', pid }),
  })),
  on('GET', '/readyz', ({ checks }) => {
    const ready = checks.every(({ ok }) => ok)
    return { status: ready ? 200 : 503, body: Ready.parse({ ready, checks }) }
  }),
  on('GET', '/runtimes', () => ({
    body: RuntimeList.parse({
      runtimes: [
        runtimeRow('claude-code', { program: 'claude', installed: false, required_env: ['KEY'] }),
        runtimeRow('command', { required_config: ['command'] }),
      ],
    }),
  })),
  on('GET', '/auth/session', () => ({
    body: Session.parse({
      kind: 'admin',
      name: 'admin',
      role: 'owner',
      rights,
      org_id: 'org',
      csrf_token: null,
    }),
  })),
  on('POST', '/auth/link', () => ({
    body: LoginLink.parse({ url: 'http://server/login#once', expires_at: '2026-01-02T04:00:00Z' }),
  })),
  on('POST', '/admin/shutdown', (state, { body }) => {
    Shutdown.parse(body)
    state.onShutdown()
    return { body: ShutdownResult.parse({ agents_stopped: state.agents, agents_left: 0 }) }
  }),
  on('GET', '/tasks/:id/explain', (state, _asked, id) => {
    const task = taskOf(state, id)
    const body = {
      task_id: task.id,
      status: task.status,
      text: 'Its agent takes up 2 others first.',
      holder: null,
      last_sign_of_life: null,
      waits_for: 'turn',
      ahead: 2,
      children: [],
      next: { what: 'deadline', at: task.deadline },
      actions: [
        { action: 'cancel', possible: true },
        { action: 'retry', possible: false, why: 'it has not ended' },
      ],
    }
    return { body: TaskExplanation.parse(body) }
  }),
  on('POST', '/tasks/:id/reassign', (state, { body }, id) => {
    const { workspace_id } = ReassignTask.parse(body)
    const task = Object.assign(taskOf(state, id), { callee_id: workspace_id })
    return { body: TaskSummary.parse(task) }
  }),
  on('POST', '/tasks/:id/retry', (state, _asked, id) => ({
    body: { ...TaskSummary.parse(taskOf(state, id)), status: 'queued' },
  })),
  on('POST', '/tasks/:id/extend', (state, { body }, id) => {
    ExtendTask.parse(body)
    return { body: TaskSummary.parse(taskOf(state, id)) }
  }),
  on('GET', '/admin/delegations', ({ tasks }, { query }) => {
    const status = (query.get('status') ?? 'in_flight') as DelegationFilter
    const delegations = tasks
      .filter((one) => one.caller.kind === 'workspace' && one.status === status)
      .map((one) => ({
        ...one,
        delegation_id: one.id,
        caller_id: one.caller.id,
        task_preview: one.preview,
      }))
      .map(({ last_heartbeat: _, deadline: __, result_preview: ___, ...one }) => one)
    const body = { delegations, count: delegations.length, status, limit: 100 }
    return { body: AdminDelegations.parse(body) }
  }),
  on('GET', '/admin/delegations/stats', () => ({
    body: Object.fromEntries(taskStatuses.map((status) => [status, 0])),
  })),
  on('POST', '/admin/a2a-queue/drop-stale', (_, { query }) => ({
    body: { dropped: Number(query.get('max_age_minutes')) },
  })),
  on('GET', '/workspaces/:id/usage', (state, _asked, id) => ({
    body: WorkspaceUsage.parse({
      workspace_id: workspaceOf(state, id).id,
      incarnation: 1,
      usage: null,
    }),
  })),
  on('GET', '/admin/resources', ({ resources }, { query }) => {
    const found = resources.filter((one) => query.get('open') !== 'true' || one.closed_at === null)
    const body = { resources: found, orphans: [], purges: [], sweep_brake: null }
    return { body: ResourceList.parse(body) }
  }),
  on('GET', '/events', ({ events }, { query }) => {
    const since = query.get('since')
    const limit = Number(query.get('limit') ?? 100)
    const found = events.filter(({ seq }) => (seq ?? 0) > Number(since ?? 0))
    const page = since === null ? found.slice(-limit) : found.slice(0, limit)
    const head = events.at(-1)?.seq ?? 0
    return {
      body: EventPage.parse({
        events: page,
        next: page.at(-1)?.seq ?? Number(since ?? head),
        epoch: 'one',
        head,
        reset: false,
      }),
    }
  }),
]

/** As a server with an empty organization answers for a template with two: the lead is blocked when it is called so. */
function planFor(state: ContractState, mode: string): OrgPlan {
  const node = (path: string[], more: object) => ({
    path,
    ...{ action: 'create', id: null, runtime: 'command', changes: [], blocked_by: null },
    ...{ not_applied: [], config: { layers: [], files: [] }, removes: [], peers: 1, ...more },
  })
  const gone = state.workspaces.map(({ id, name }) => node([name], { action: 'prune', id }))
  const nodes = [
    node(['Lead'], { not_applied: ['schedules'] }),
    node(['Lead', 'Dev'], {}),
    ...(mode === 'prune' ? gone : []),
  ]
  const prune = nodes.length - 2
  const counts = { create: 2, exists: 0, update: 0, replace: 0, prune, blocked: 0 }
  const access = { gained: [], gained_count: 1, lost: [], lost_count: 0 }
  const machines = [{ backend: 'process', workspaces: 2 }]
  const env = { required_env: [], recommended_env: [], missing_env: ['API_KEY'] }
  return OrgPlan.parse({ org: 'Acme', nodes, counts, access, machines, ...env, warnings: [] })
}

const orgRoutes: Route[] = [
  on('POST', '/org/plan', (state, { body }) => ({
    body: planFor(state, PlanOrg.parse(body).mode),
  })),
  on('POST', '/org/apply', (state, { body }) => {
    const { mode } = ApplyOrg.parse(body)
    const row = (name: string) => ({ id: randomUUID(), name, tier: 2 })
    const plan = planFor(state, mode)
    const pruned = plan.nodes.flatMap(({ action, id }) => (action === 'prune' ? [id] : []))
    const workspaces = [{ ...row('Lead'), skipped: true }, row('Dev')]
    return { body: OrgApplied.parse({ org: 'Acme', workspaces, count: 1, pruned, plan }) }
  }),
  on('GET', '/org/leftovers', ({ workspaces }) => ({
    body: LeftoverList.parse({
      leftovers: workspaces
        .filter(({ name }) => name.endsWith('(2)'))
        .map(({ id, name, created_at }) => ({
          ...{ id, name, path: [name], kind: 'duplicate', detail: 'the same as "Lead" beside it' },
          ...{ of: null, created_at, children: 0 },
        })),
    }),
  })),
  on('POST', '/org/prune', (_state, { body }) => ({
    body: PrunedOrg.parse({ removed: PruneOrg.parse(body).ids }),
  })),
  on('GET', '/org/templates', () => ({
    body: [
      OrgTemplate.parse({
        dir: 'acme',
        name: 'Acme',
        description: 'Two of them',
        workspaces: 2,
        required_env: [{ any_of: ['A_KEY', 'B_KEY'] }],
        recommended_env: [],
      }),
    ],
  })),
  on('GET', '/org/export', ({ workspaces }) => ({
    body: ExportedOrg.parse({
      files: { 'org.yaml': 'name: Acme\n' },
      count: workspaces.length,
      left_out: [],
    }),
  })),
]

const auditRoutes: Route[] = [
  on('GET', '/audit', ({ audit }, { query }) => {
    const limit = Number(query.get('limit') ?? 100)
    const records = audit.toReversed().slice(0, limit)
    const next = records.length < audit.length ? (records.at(-1)?.seq ?? null) : null
    return { body: AuditPage.parse({ records, next }) }
  }),
  on('GET', '/audit/verify', ({ audit }, { query }) => {
    const head = headOf(audit)
    const given = query.get('head')
    const ok = given === null || given === `${head.seq}:${head.hash}`
    const broken = { broken_at: 1, fault: 'head', field: 'hash', problem: 'record 1 is another' }
    const intact = { broken_at: null, fault: null, field: null, problem: null }
    const found = { ok, checked: audit.length, head, ...(ok ? intact : broken) }
    return { body: AuditVerdict.parse(found) }
  }),
  on('GET', '/audit/export', ({ audit }, { query }) => {
    const since = Number(query.get('since'))
    return { text: exportText(audit.slice(since), headOf(audit)) }
  }),
]

const secretRoutes: Route[] = [
  on('GET', '/settings/secrets', listSecrets),
  on('PUT', '/settings/secrets', (state, { body }) => saveSecret(state, body)),
  on('DELETE', '/settings/secrets/:id', (state, _asked, key) => deleteSecret(state, key)),
  on('POST', '/settings/secrets/restart-dependents', (state, { body }) =>
    restartDependents(state, body),
  ),
  on('POST', '/admin/secrets/rotate-key', rotateKey),
  on('GET', '/workspaces/:id/secrets', listSecrets),
  on('PUT', '/workspaces/:id/secrets', (state, { body }) => saveSecret(state, body)),
  on('DELETE', '/workspaces/[^/]+/secrets/:id', (state, _asked, key) => deleteSecret(state, key)),
]

export const routes: readonly Route[] = [
  ...workspaceRoutes,
  ...taskRoutes,
  ...identityRoutes,
  ...otherRoutes,
  ...orgRoutes,
  ...configRoutes,
  ...scheduleRoutes,
  ...webhookRoutes,
  ...auditRoutes,
  ...secretRoutes,
]
