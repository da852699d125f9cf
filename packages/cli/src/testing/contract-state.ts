import type { Activity } from '@molecule/contract/activity'
import type { Resource } from '@molecule/contract/admin'
import type { AuditRecord } from '@molecule/contract/audit'
import type { StoredEvent } from '@molecule/contract/event'
import type { Ready } from '@molecule/contract/health'
import type { BrowserSession, OrgToken, WorkspaceToken } from '@molecule/contract/identity'
import type { ErrorCode } from '@molecule/contract/problem'
import type { Schedule } from '@molecule/contract/schedule'
import type { Dependent, SecretEntry } from '@molecule/contract/secret'
import type { InboxItem, OutputChunk, Task } from '@molecule/contract/task'
import type { Webhook } from '@molecule/contract/webhook'
import type { Workspace } from '@molecule/contract/workspace'

/** What the server holds; a test sets it before and reads it after. */
export type ContractState = {
  token: string
  pid: number
  workspaces: Workspace[]
  tasks: Task[]
  output: OutputChunk[]
  events: StoredEvent[]
  inbox: InboxItem[]
  /** Oldest first. */
  activity: Activity[]
  orgTokens: OrgToken[]
  workspaceTokens: WorkspaceToken[]
  sessions: BrowserSession[]
  schedules: Schedule[]
  config: { version: number; files: Record<string, string> }
  webhooks: Webhook[]
  secrets: SecretEntry[]
  /** Who runs with an older value after a change. */
  needsRestart: Dependent[]
  resources: Resource[]
  /** What agent hosts wrote, as the network cuts it. */
  log: string[]
  checks: Ready['checks']
  audit: AuditRecord[]
  /** What has become of a workspace when it is looked at after it was created. */
  onCreate: Partial<Workspace>
  /** What becomes of a task right after it is asked. */
  onAsk: (task: Task) => Partial<Task>
  agents: number
  onShutdown: () => void
}

export type Asked = { method: string; path: string; query: URLSearchParams; body: unknown }

export class Refused extends Error {
  readonly status: number
  readonly code: ErrorCode

  constructor(status: number, code: ErrorCode, detail: string) {
    super(detail)
    this.status = status
    this.code = code
  }
}
