import type { Liveness, ResourceList, Shutdown, ShutdownResult } from '@molecule/contract/admin'
import type {
  AdminDelegations,
  DelegationFilter,
  DelegationStats,
  DroppedTasks,
  RecordDelegation,
  RecordedDelegation,
  UpdateDelegation,
  UpdatedDelegation,
} from '@molecule/contract/delegation'
import type { EventPage, Snapshot } from '@molecule/contract/event'
import type { Health, Ready } from '@molecule/contract/health'
import type { CreatedWorkspace } from '@molecule/contract/registry'
import type { RuntimeList } from '@molecule/contract/runtime'
import type {
  CreateTask,
  Delegate,
  DelegateResult,
  Delegation,
  InboxItem,
  OutputChunk,
  ReportProgress,
  Task,
  TaskSummary,
} from '@molecule/contract/task'
import type { TaskExplanation } from '@molecule/contract/task-explain'
import type { NewWorkspace, PatchWorkspace, Workspace } from '@molecule/contract/workspace'
import { activityCalls } from './activity-calls.ts'
import { auditCalls } from './audit-calls.ts'
import { bundleCalls } from './bundle-calls.ts'
import { configCalls } from './config-calls.ts'
import { sessionCalls, tokenCalls } from './identity-calls.ts'
import { lifecycleCalls } from './lifecycle-calls.ts'
import { orgCalls } from './org-calls.ts'
import { registryCalls } from './registry-calls.ts'
import { type CallOptions, type ClientOptions, type Requester, requester } from './request.ts'
import { scheduleCalls } from './schedule-calls.ts'
import { secretCalls } from './secret-calls.ts'
import { type Streamer, streamer } from './stream.ts'
import { templateCalls } from './template-calls.ts'
import { webhookCalls } from './webhook-calls.ts'
import { workCalls } from './work-calls.ts'

export type { AuditFilter } from './audit-calls.ts'
export type { CallOptions, ClientOptions, Fetch } from './request.ts'
// biome-ignore lint/performance/noBarrelFile: whoever calls a client must be able to know its error.
export { MoleculeError } from './request.ts'

/** The typed client of a Molecule server. Every call throws `MoleculeError` with the server's problem details. */
export function moleculeClient(options: ClientOptions) {
  const request = requester(options)
  return {
    workspaces: workspaceCalls(request),
    /** How an agent that runs elsewhere takes its work, with the token of its workspace. */
    work: workCalls(request),
    org: orgCalls(request),
    bundles: bundleCalls(request),
    config: configCalls(request),
    templates: templateCalls(request),
    schedules: scheduleCalls(request),
    webhooks: webhookCalls(request),
    /** What the agent host of a workspace wrote, line by line; with `follow` as long as it runs. */
    logs: logCalls(streamer(options)),
    tasks: taskCalls(request),
    session: sessionCalls(request),
    tokens: tokenCalls(request),
    secrets: secretCalls(request),
    audit: auditCalls(request, streamer(options)),
    registry: registryCalls(request),
    admin: adminCalls(request),
    runtimes: (call: CallOptions = {}) =>
      request<RuntimeList>({ method: 'GET', path: '/runtimes', ...call }),
    /** After position `since`, or without it the newest; waits up to `wait` seconds for the first. */
    events: (query: { since?: number; limit?: number; wait?: number }, call: CallOptions = {}) =>
      request<EventPage>({ method: 'GET', path: '/events', query, ...call }),
    snapshot: (call: CallOptions = {}) =>
      request<Snapshot>({ method: 'GET', path: '/canvas/snapshot', ...call }),
    health: (call: CallOptions = {}) =>
      request<Health>({ method: 'GET', path: '/health', ...call }),
    /** Answers also when the server is not ready, so that every failed check can be named. */
    ready: (call: CallOptions = {}) =>
      request<Ready>({ method: 'GET', path: '/readyz', alsoAnswers: [503], ...call }),
  }
}

export type Client = ReturnType<typeof moleculeClient>

function workspaceCalls(request: Requester) {
  const path = (id: string, rest = '') => `/workspaces/${encodeURIComponent(id)}${rest}`
  return {
    list: (call: CallOptions = {}) =>
      request<Workspace[]>({ method: 'GET', path: '/workspaces', ...call }),
    create: (body: NewWorkspace, call: CallOptions = {}) =>
      request<CreatedWorkspace>({ method: 'POST', path: '/workspaces', body, ...call }),
    /** With `wait_generation` it answers when that generation is observed, at the latest after 25 s. */
    get: (id: string, query: { wait_generation?: number } = {}, call: CallOptions = {}) =>
      request<Workspace>({ method: 'GET', path: path(id), query, ...call }),
    update: (id: string, body: PatchWorkspace, call: CallOptions = {}) =>
      request<Workspace>({ method: 'PATCH', path: path(id), body, ...call }),
    ...lifecycleCalls(request),
    /** Asks a workspace as a person does; answers at once with the queued task. */
    ask: (id: string, body: CreateTask, call: CallOptions = {}) =>
      request<TaskSummary>({ method: 'POST', path: path(id, '/tasks'), body, ...call }),
    delegate: (id: string, body: Delegate, call: CallOptions = {}) =>
      request<DelegateResult>({ method: 'POST', path: path(id, '/delegate'), body, ...call }),
    delegations: (id: string, call: CallOptions = {}) =>
      request<Delegation[]>({ method: 'GET', path: path(id, '/delegations'), ...call }),
    /** Reports what the workspace asks of another by itself; the same report again changes nothing. */
    recordDelegation: (id: string, body: RecordDelegation, call: CallOptions = {}) =>
      request<RecordedDelegation>({
        method: 'POST',
        path: path(id, '/delegations/record'),
        body,
        ...call,
      }),
    /** Answers what it is now: one that has ended stays as it ended. */
    updateDelegation: (
      id: string,
      delegation: string,
      body: UpdateDelegation,
      call: CallOptions = {},
    ) =>
      request<UpdatedDelegation>({
        method: 'POST',
        path: path(id, `/delegations/${encodeURIComponent(delegation)}/update`),
        body,
        ...call,
      }),
    ...activityCalls(request),
    /** Unacknowledged items after `since`; waits up to `wait` seconds for the first. */
    inbox: (id: string, query: { since?: number; wait?: number } = {}, call: CallOptions = {}) =>
      request<{ items: InboxItem[] }>({ method: 'GET', path: path(id, '/inbox'), query, ...call }),
    ackInbox: (id: string, up_to: number, call: CallOptions = {}) =>
      request<{ acked: number }>({
        method: 'POST',
        path: path(id, '/inbox/ack'),
        body: { up_to },
        ...call,
      }),
  }
}

const logCalls =
  (stream: Streamer) =>
  (id: string, query: { tail?: number; follow?: boolean } = {}, call: CallOptions = {}) =>
    stream({
      method: 'GET',
      path: `/workspaces/${encodeURIComponent(id)}/logs`,
      query,
      headers: { accept: 'text/plain' },
      // A host that writes nothing for long is as good as any other.
      ...(query.follow ? { timeoutMs: Number.POSITIVE_INFINITY } : {}),
      ...call,
    })

function taskCalls(request: Requester) {
  const path = (id: string, rest = '') => `/tasks/${encodeURIComponent(id)}${rest}`
  return {
    list: (
      query: { status?: string; workspace_id?: string; before?: string; limit?: number } = {},
      call: CallOptions = {},
    ) => request<{ tasks: TaskSummary[] }>({ method: 'GET', path: '/tasks', query, ...call }),
    /** With `wait` it answers as soon as the task is terminal, at the latest after that many seconds (≤ 25). */
    get: (id: string, query: { wait?: number } = {}, call: CallOptions = {}) =>
      request<Task>({ method: 'GET', path: path(id), query, ...call }),
    /** Output in order, after position `after` (0 = all); waits up to `wait` seconds for more. */
    output: (
      id: string,
      query: { after?: number; wait?: number; limit?: number } = {},
      call: CallOptions = {},
    ) =>
      request<{ chunks: OutputChunk[]; next: number; done: boolean }>({
        method: 'GET',
        path: path(id, '/output'),
        query,
        ...call,
      }),
    /** Said by the agent that works on the task, so that silence is not taken for standing still. */
    progress: (id: string, body: ReportProgress = {}, call: CallOptions = {}) =>
      request<TaskSummary>({
        method: 'POST',
        path: path(id, '/progress'),
        body,
        ...call,
      }),
    /** Asked by the agent that works on the task; it waits for the answer once the attempt has ended. */
    question: (id: string, text: string, call: CallOptions = {}) =>
      request<TaskSummary>({
        method: 'POST',
        path: path(id, '/question'),
        body: { text },
        ...call,
      }),
    /** Lets a task go on that waits for an answer, a login or the end of a limit. */
    answer: (id: string, text?: string, call: CallOptions = {}) =>
      request<TaskSummary>({
        method: 'POST',
        path: path(id, '/answer'),
        body: text === undefined ? {} : { text },
        ...call,
      }),
    cancel: (id: string, call: CallOptions = {}) =>
      request<TaskSummary>({ method: 'POST', path: path(id, '/cancel'), body: {}, ...call }),
    /** Who holds it, what it waits for, what comes next and what can be done. */
    explain: (id: string, call: CallOptions = {}) =>
      request<TaskExplanation>({ method: 'GET', path: path(id, '/explain'), ...call }),
    /** Gives it to another workspace, as long as nobody works on it. */
    reassign: (id: string, workspace_id: string, call: CallOptions = {}) =>
      request<TaskSummary>({
        method: 'POST',
        path: path(id, '/reassign'),
        body: { workspace_id },
        ...call,
      }),
    /** The same work as a new task; asked again, it is the same new task. */
    retry: (id: string, call: CallOptions = {}) =>
      request<TaskSummary>({ method: 'POST', path: path(id, '/retry'), body: {}, ...call }),
    extend: (id: string, seconds: number, call: CallOptions = {}) =>
      request<TaskSummary>({
        method: 'POST',
        path: path(id, '/extend'),
        body: { seconds },
        ...call,
      }),
  }
}

function adminCalls(request: Requester) {
  return {
    /** Ends the server, and with `stop_agents` every agent first. */
    shutdown: (body: Shutdown, call: CallOptions = {}) =>
      request<ShutdownResult>({ method: 'POST', path: '/admin/shutdown', body, ...call }),
    /** What backends were asked to create; with `open` only what is not proven gone. */
    resources: (query: { open?: boolean } = {}, call: CallOptions = {}) =>
      request<ResourceList>({ method: 'GET', path: '/admin/resources', query, ...call }),
    /** What workspaces ask of each other, newest first. */
    delegations: (
      query: { status?: DelegationFilter; limit?: number } = {},
      call: CallOptions = {},
    ) => request<AdminDelegations>({ method: 'GET', path: '/admin/delegations', query, ...call }),
    delegationStats: (call: CallOptions = {}) =>
      request<DelegationStats>({ method: 'GET', path: '/admin/delegations/stats', ...call }),
    /** Fails what nobody has taken up for so long, and tells who asked. */
    dropStale: (
      query: { max_age_minutes?: number; workspace_id?: string } = {},
      call: CallOptions = {},
    ) =>
      request<DroppedTasks>({
        method: 'POST',
        path: '/admin/a2a-queue/drop-stale',
        query,
        body: {},
        ...call,
      }),
    /** The loops of the server, by the last round each has completed. */
    liveness: (call: CallOptions = {}) =>
      request<Liveness>({ method: 'GET', path: '/admin/liveness', ...call }),
  }
}
