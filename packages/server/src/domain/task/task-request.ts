import type { Caller } from '@molecule/contract/task'

/** Moves with progress, and stands still while a task waits. */
export const DEFAULT_DEADLINE_MS = 6 * 60 * 60 * 1000

export type TaskRequest = {
  caller: Caller
  calleeId: string
  text: string
  idempotencyKey?: string | undefined
  /** The sender's id of the A2A message; unique per caller and callee. */
  messageId?: string | undefined
  contextId?: string | undefined
  parentTaskId?: string | undefined
  deadlineS?: number | undefined
  maxAttempts?: number | undefined
}
