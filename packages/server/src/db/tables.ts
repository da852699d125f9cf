import type { ActivityDirection, ActivityStatus, ActivityType } from '@molecule/contract/activity'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { Right, Role } from '@molecule/contract/identity'
import type { AttemptOutcome, Caller, TaskStatus, WaitingFor } from '@molecule/contract/task'
import type {
  DeliveryMode,
  DesiredState,
  ProvisionPhase,
  Reason,
  WorkspaceStatus,
} from '@molecule/contract/workspace'
import type { ColumnType, Generated, Insertable, Kysely, Selectable } from 'kysely'
import type { ChatFileTable } from './chat-file-table.ts'
import type { Bit, Fixed, Guarded, Json, Milliseconds } from './column.ts'
import type {
  ConfigBlobTable,
  ConfigFileTable,
  ConfigVersionTable,
  WorkspaceTemplateTable,
} from './config-tables.ts'
import type { ScheduleRunTable, ScheduleTable } from './schedule-tables.ts'
import type { SigningKeyTable } from './signing-key-table.ts'
import type { WebhookDeliveryTable, WebhookTable } from './webhook-tables.ts'

export interface MetaTable {
  key: Fixed<string>
  value: string
}

export interface OrgTable {
  id: Fixed<string>
  name: string
  createdAt: Fixed<Milliseconds>
}

export interface WorkspaceTable {
  id: Fixed<WorkspaceId>
  orgId: Fixed<string>
  parentId: WorkspaceId | null
  name: string
  role: string | null
  runtime: string
  runtimeConfig: Json<Record<string, unknown>>
  model: string
  tier: number
  workspaceDir: string | null
  backend: string | null
  nodeId: string | null
  status: Guarded<WorkspaceStatus>
  desiredState: DesiredState
  generation: number
  observedGeneration: number
  /** The newest generation that demands a fresh start; an incarnation begun before it is stopped. */
  restartGeneration: number
  /** The newest generation that changed what only a start reads: runtime configuration, folder. */
  configGeneration: number
  /** The newest generation that demands to begin without what its programs remember. */
  sessionGeneration: Generated<number>
  /** The session in which its initial prompt was sent. */
  initialPromptSession: number | null
  /** How often it is asked its idle prompt, as it was when it started. */
  idleEveryS: number | null
  idlePromptedAt: Milliseconds | null
  /** The generation that the current incarnation was begun for. */
  startedGeneration: number
  incarnation: number
  provisionPhase: ProvisionPhase | null
  provisionStartedAt: Milliseconds | null
  failureReason: Json<Reason | null>
  startFailures: number
  nextStartAt: Milliseconds | null
  maxConcurrentTasks: number
  lastHeartbeatAt: Milliseconds | null
  lastActivityAt: Milliseconds | null
  x: number
  y: number
  collapsed: Bit
  /** Where it stands in the org template that it came from, and what of that has no effect yet. */
  template: ColumnType<TemplateMark | null, TemplateMark | null | undefined, TemplateMark | null>
  /** The workspace template that its configuration began with. */
  configTemplate: ColumnType<string | null, string | null | undefined, string | null>
  /** What an outside agent published of itself. */
  agentCard: Json<Record<string, unknown> | null>
  /** Where an outside agent in push mode is reached. */
  url: string | null
  /** Of outside agents only; our hosts lease. */
  deliveryMode: DeliveryMode | null
  errorRate: number | null
  lastRuntimeError: string | null
  uptimeSeconds: number | null
  reportedTask: string | null
  reportedActiveTasks: number | null
  runtimeState: string | null
  /** Waits for its turn in a rolling restart, or is having it. */
  rollingRestartAt: Milliseconds | null
  /** Gets no more work, so that its turn can come. */
  drainingAt: Milliseconds | null
  /** Whose pause stopped it: its own id, or that of a workspace above. */
  pausedBy: WorkspaceId | null
  /** The wish that a resume goes back to. */
  pausedFrom: 'running' | 'hibernated' | null
  /** Null: never hibernates by itself. */
  hibernationIdleMinutes: number | null
  /** The wish to remove what it stored, and when that was proven. */
  purgeRequestedAt: Milliseconds | null
  purgedAt: Milliseconds | null
  purgeAttempts: Generated<number>
  nextPurgeAt: Milliseconds | null
  purgeError: string | null
  rev: number
  createdAt: Fixed<Milliseconds>
  updatedAt: Milliseconds
}

export type TemplateMark = { org: string; path: string[]; kept: Record<string, unknown> }

/** What an agent tells of itself with its heartbeats. */
export type ReportedColumn =
  | 'errorRate'
  | 'lastRuntimeError'
  | 'uptimeSeconds'
  | 'reportedTask'
  | 'reportedActiveTasks'
  | 'runtimeState'

export interface ResourceTable {
  id: Fixed<string>
  orgId: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  incarnation: Fixed<number>
  backend: Fixed<string>
  nodeId: Fixed<string>
  kind: Fixed<string>
  handle: Json<unknown>
  createdAt: Fixed<Milliseconds>
  confirmedAt: Milliseconds | null
  closedAt: Milliseconds | null
  stopAttempts: number
  nextStopAt: Milliseconds | null
  leakSuspectAt: Milliseconds | null
  /** We end it ourselves, so what it worked on was interrupted, not lost. */
  plannedEnd: Bit
  lastError: string | null
  /** When the next three were counted last. */
  usageAt: Milliseconds | null
  cpuMs: number | null
  memoryBytes: number | null
  processes: number | null
}

export interface CredentialTable {
  id: Fixed<string>
  orgId: Fixed<string>
  kind: Fixed<'admin' | 'login' | 'session' | 'org_token' | 'workspace' | 'boot' | 'host' | 'agent'>
  workspaceId: Fixed<WorkspaceId | null>
  incarnation: Fixed<number | null>
  tokenHash: Fixed<string>
  prefix: Fixed<string>
  csrfHash: Fixed<string | null>
  /** What people call it: the person of a session, the purpose of a token. */
  name: Fixed<string | null>
  role: Fixed<Role | null>
  scopes: Json<Right[] | null>
  /** The actor who had it made. */
  createdBy: Fixed<string | null>
  /** The browser of a session, as it names itself. */
  client: Fixed<string | null>
  createdAt: Fixed<Milliseconds>
  expiresAt: Milliseconds | null
  lastUsedAt: Milliseconds | null
  usedAt: Milliseconds | null
  revokedAt: Milliseconds | null
  /** The token that a rotation put in its place. */
  replacedBy: string | null
}

export interface TaskTable {
  id: Fixed<TaskId>
  orgId: Fixed<string>
  contextId: Fixed<string>
  traceId: Fixed<string>
  callerKind: Fixed<Caller['kind']>
  callerId: Fixed<string>
  calleeId: WorkspaceId
  parentTaskId: Fixed<TaskId | null>
  depth: Fixed<number>
  status: Guarded<TaskStatus>
  waitingFor: WaitingFor | null
  waitReason: Json<Reason | null>
  preview: Fixed<string>
  resultPreview: Guarded<string | null>
  error: ColumnType<Reason | null, Reason | null, never>
  attempt: number
  fence: number
  retryCount: number
  maxAttempts: Fixed<number>
  /** Of two that wait, the one with the higher number is taken up first. */
  priority: ColumnType<number, number | undefined, never>
  /** One that nobody has taken up by then has expired. */
  startBy: ColumnType<Milliseconds | null, Milliseconds | null | undefined, never>
  nextAttemptAt: Milliseconds
  deadline: Milliseconds
  deadlineIsHard: Fixed<Bit>
  lastHeartbeat: Milliseconds | null
  lastProgressAt: Milliseconds | null
  cancelRequestedAt: Milliseconds | null
  idempotencyKey: string | null
  requestHash: Fixed<string>
  /** Reported by its caller: never leased, never handed over. */
  isRecorded: ColumnType<Bit, Bit | undefined, never>
  retryOf: Fixed<TaskId | null>
  /** The deadline that its caller was told of in time. */
  noticedDeadline: Milliseconds | null
  supersededBy: TaskId | null
  rev: number
  createdAt: Fixed<Milliseconds>
  updatedAt: Milliseconds
  endedAt: Guarded<Milliseconds | null>
}

export interface TaskTextTable {
  taskId: Fixed<TaskId>
  text: Fixed<string>
}

export interface TaskAttemptTable {
  taskId: Fixed<TaskId>
  no: Fixed<number>
  /** That of the task's callee: what it works on is found without its history. */
  workspaceId: Fixed<WorkspaceId>
  incarnation: Fixed<number>
  fence: number
  leasedAt: Milliseconds
  leaseExpiresAt: Milliseconds
  /** The task of the agent that was called. */
  remoteTaskId: ColumnType<string | null, string | null | undefined, string | null>
  /** How often it was handed over. */
  deliveries: ColumnType<number, number | undefined, number>
  startedAt: Milliseconds | null
  endedAt: Milliseconds | null
  outcome: AttemptOutcome | null
  reason: Json<Reason | null>
  lateResult: string | null
  lateAt: Milliseconds | null
}

export interface TaskQuestionTable {
  taskId: Fixed<TaskId>
  attempt: Fixed<number>
  text: string
  askedAt: Milliseconds
  answer: string | null
  answeredBy: string | null
  answeredAt: Milliseconds | null
}

export interface TaskOutputTable {
  taskId: Fixed<TaskId>
  attempt: Fixed<number>
  chunk: Fixed<number>
  position: Fixed<number>
  stream: Fixed<'stdout' | 'stderr'>
  text: Fixed<string>
  at: Fixed<Milliseconds>
}

export interface MessageTable {
  callerId: Fixed<string>
  targetId: Fixed<WorkspaceId>
  messageId: Fixed<string>
  taskId: Fixed<TaskId>
  requestHash: Fixed<string>
  createdAt: Fixed<Milliseconds>
}

export interface InboxTable {
  workspaceId: Fixed<WorkspaceId>
  seq: Fixed<number>
  orgId: Fixed<string>
  kind: Fixed<'result' | 'notice'>
  taskId: Fixed<TaskId | null>
  fromId: Fixed<WorkspaceId | null>
  status: Fixed<TaskStatus | null>
  late: Fixed<Bit>
  text: Fixed<string>
  createdAt: Fixed<Milliseconds>
  ackedAt: Milliseconds | null
}

export interface EventTable {
  id: Generated<number>
  seq: number | null
  orgId: Fixed<string>
  event: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  entity: Fixed<'workspace' | 'task'>
  entityId: Fixed<string>
  rev: Fixed<number>
  actor: Fixed<string>
  payload: Json<Record<string, unknown>>
  at: Fixed<Milliseconds>
}

export interface SecretKeyTable {
  version: Fixed<number>
  wrapped: string
  masterId: string
  createdAt: Fixed<Milliseconds>
  retiredAt: Milliseconds | null
}

export interface SecretTable {
  id: Fixed<string>
  orgId: Fixed<string>
  workspaceId: Fixed<WorkspaceId | null>
  name: Fixed<string>
  ciphertext: string
  keyVersion: number
  createdBy: string
  createdAt: Fixed<Milliseconds>
  updatedAt: Milliseconds
}

export interface AuditTable {
  seq: Fixed<number>
  orgId: Fixed<string>
  at: Fixed<Milliseconds>
  actorKind: Fixed<string>
  actor: Fixed<string>
  credentialId: Fixed<string | null>
  action: Fixed<string>
  entity: Fixed<string>
  entityId: Fixed<string>
  /** Canonical JSON: another text that says the same would be another record. */
  before: Fixed<string | null>
  after: Fixed<string | null>
  traceId: Fixed<string | null>
  address: Fixed<string | null>
  prevHash: Fixed<string>
  hash: Fixed<string>
}

export interface AuditHeadTable {
  /** Of the org. */
  id: Fixed<string>
  seq: number
  hash: string
}

export interface OrphanTable {
  id: Fixed<string>
  backend: Fixed<string>
  nodeId: Fixed<string>
  workspaceId: Fixed<string>
  incarnation: Fixed<number>
  handle: Json<unknown>
  firstSeenAt: Fixed<Milliseconds>
  lastSeenAt: Milliseconds
  /** How many rounds have seen it. */
  rounds: number
  stopAttempts: number
  lastError: string | null
}

export interface ActivityTable {
  id: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  seq: Fixed<number>
  orgId: Fixed<string>
  direction: Fixed<ActivityDirection>
  type: Fixed<ActivityType>
  sourceKind: Fixed<Caller['kind']>
  sourceId: Fixed<string | null>
  targetId: Fixed<string | null>
  method: Fixed<string>
  summary: Fixed<string>
  status: Fixed<ActivityStatus>
  errorDetail: Fixed<string | null>
  durationMs: Fixed<number | null>
  taskId: Fixed<TaskId | null>
  createdAt: Fixed<Milliseconds>
}

export interface ActivityBodyTable {
  activityId: Fixed<string>
  request: Json<Record<string, unknown> | null>
  response: Json<Record<string, unknown> | null>
  toolTrace: Json<unknown[] | null>
}

export interface PushConfigTable {
  taskId: Fixed<TaskId>
  id: Fixed<string>
  orgId: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  url: Fixed<string>
  ciphertext: Fixed<string | null>
  keyVersion: Fixed<number | null>
  protocol: Fixed<'1.0' | '0.3'>
  /** The revision of the task that was delivered last, or given up on. */
  toldRev: number
  attempts: number
  nextAttemptAt: Milliseconds
  leaseExpiresAt: Milliseconds | null
  givenUp: number
  lastError: string | null
  createdAt: Fixed<Milliseconds>
}

export interface FeedHeadTable {
  id: Fixed<1>
  seq: number
}

/** Column names are camelCase here and snake_case in the database; one plugin converts. */
export interface Tables {
  meta: MetaTable
  orgs: OrgTable
  workspaces: WorkspaceTable
  resources: ResourceTable
  credentials: CredentialTable
  tasks: TaskTable
  taskRequests: TaskTextTable
  taskResults: TaskTextTable
  taskAttempts: TaskAttemptTable
  taskOutput: TaskOutputTable
  taskQuestions: TaskQuestionTable
  schedules: ScheduleTable
  scheduleRuns: ScheduleRunTable
  configVersions: ConfigVersionTable
  configFiles: ConfigFileTable
  configBlobs: ConfigBlobTable
  workspaceTemplates: WorkspaceTemplateTable
  signingKeys: SigningKeyTable
  webhooks: WebhookTable
  webhookDeliveries: WebhookDeliveryTable
  messages: MessageTable
  inbox: InboxTable
  chatFiles: ChatFileTable
  activity: ActivityTable
  activityBodies: ActivityBodyTable
  pushConfigs: PushConfigTable
  events: EventTable
  feedHead: FeedHeadTable
  secretKeys: SecretKeyTable
  secrets: SecretTable
  audit: AuditTable
  auditHead: AuditHeadTable
  orphans: OrphanTable
}

/** Columns stored as JSON text. */
export const jsonColumns = {
  workspaces: ['runtimeConfig', 'failureReason', 'agentCard', 'template'],
  credentials: ['scopes'],
  resources: ['handle'],
  orphans: ['handle'],
  tasks: ['error', 'waitReason'],
  taskAttempts: ['reason'],
  activityBodies: ['request', 'response', 'toolTrace'],
  events: ['payload'],
  webhooks: ['eventFilter'],
} as const satisfies { [T in keyof Tables]?: readonly (keyof Tables[T])[] }

export type WorkspaceRow = Selectable<WorkspaceTable>
export type ResourceRow = Selectable<ResourceTable>
export type OrphanRow = Selectable<OrphanTable>
export type CredentialRow = Selectable<CredentialTable>
export type SecretRow = Selectable<SecretTable>
export type SecretKeyRow = Selectable<SecretKeyTable>
export type AuditRow = Selectable<AuditTable>
export type AuditHeadRow = Selectable<AuditHeadTable>
export type TaskRow = Selectable<TaskTable>
export type AttemptRow = Selectable<TaskAttemptTable>
export type QuestionRow = Selectable<TaskQuestionTable>
export type ScheduleRow = Selectable<ScheduleTable>
export type WorkspaceTemplateRow = Selectable<WorkspaceTemplateTable>
export type SigningKeyRow = Selectable<SigningKeyTable>
export type WebhookRow = Selectable<WebhookTable>
export type ChatFileRow = Selectable<ChatFileTable>
export type InboxRow = Selectable<InboxTable>
export type PushConfigRow = Selectable<PushConfigTable>
export type ActivityRow = Selectable<ActivityTable>
export type ActivityBodies = Omit<Selectable<ActivityBodyTable>, 'activityId'>
export type EventRow = Selectable<EventTable>
export type NewWorkspace = Insertable<WorkspaceTable>
export type NewEvent = Insertable<EventTable>

declare const outer: unique symbol
declare const inner: unique symbol
/** For reading. A write through it throws: `transact` is the only way to write. */
export type Db = Kysely<Tables> & { readonly [outer]: true }
/** Inside a transaction: for reading and writing. */
export type Tx = Kysely<Tables> & { readonly [inner]: true }
/** A query that is right on either. */
export type Queryable = Db | Tx
