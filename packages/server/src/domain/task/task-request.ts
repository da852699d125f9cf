import type { TaskId } from '@molecule/contract/id'
import type { Caller } from '@molecule/contract/task'

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
  priority?: number | undefined
  /** It expires unless it is taken up within so many seconds. */
  startWithinS?: number | undefined
  /** The task that it is asked for in the place of. */
  retryOf?: TaskId | undefined
}
