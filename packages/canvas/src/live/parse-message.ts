import type { LiveMessage } from '@molecule/contract/event'

/** Total by type: an event that the contract adds does not compile until it is named here. */
const known: Readonly<Record<LiveMessage['event'], true>> = {
  hello: true,
  reset: true,
  bookmark: true,
  WORKSPACE_PROVISIONING: true,
  WORKSPACE_ONLINE: true,
  WORKSPACE_DEGRADED: true,
  WORKSPACE_AWAITING_AGENT: true,
  WORKSPACE_OFFLINE: true,
  WORKSPACE_PROVISION_FAILED: true,
  WORKSPACE_PAUSED: true,
  WORKSPACE_HIBERNATED: true,
  WORKSPACE_COLLAPSED: true,
  WORKSPACE_UPDATED: true,
  WORKSPACE_REMOVED: true,
  AGENT_CARD_UPDATED: true,
  DELEGATION_LOOP_STOPPED: true,
  AGENT_MESSAGE: true,
  CRON_EXECUTED: true,
  CRON_SKIPPED: true,
  WEBHOOK_TRIGGERED: true,
  EXTERNAL_CREDENTIALS_ROTATED: true,
  WORKSPACE_HEARTBEAT: true,
  DELEGATION_SENT: true,
  DELEGATION_STATUS: true,
  DELEGATION_COMPLETE: true,
  DELEGATION_FAILED: true,
  TASK_SENT: true,
  TASK_STATUS: true,
  TASK_COMPLETE: true,
  TASK_FAILED: true,
  TASK_OUTPUT: true,
  ACTIVITY_LOGGED: true,
  TASK_UPDATED: true,
  A2A_RESPONSE: true,
}

/** What must hold for the reducer to be safe; the server has validated the rest against the contract. */
const payloadKey = {
  workspace: 'workspace',
  task: 'task',
  task_output: undefined,
  heartbeat: undefined,
  activity: undefined,
  report: undefined,
  reply: undefined,
} as const

export type Parsed =
  | { kind: 'message'; message: LiveMessage }
  /** Of a newer server, perhaps. Its place in the feed still counts. */
  | { kind: 'unknown'; event: string; seq: number | undefined }

export function parseMessage(text: string): Parsed {
  const value = asObject(tryJson(text))
  const event = typeof value?.event === 'string' ? value.event : ''
  const seq = typeof value?.seq === 'number' ? value.seq : undefined
  if (!value || !Object.hasOwn(known, event) || !hasRow(value)) {
    return { kind: 'unknown', event, seq }
  }
  return { kind: 'message', message: value as LiveMessage }
}

function hasRow(value: Record<string, unknown>) {
  if (value.entity === undefined) return true
  if (typeof value.entity !== 'string' || !Object.hasOwn(payloadKey, value.entity)) return false
  const payload = asObject(value.payload)
  const key = payloadKey[value.entity as keyof typeof payloadKey]
  if (!payload || key === undefined) return payload !== undefined
  const row = asObject(payload[key])
  return typeof row?.id === 'string' && typeof row.rev === 'number'
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined
}
