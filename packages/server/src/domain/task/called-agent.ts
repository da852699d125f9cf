import type { FailureClass } from '@molecule/contract/task'
import type { Reason } from '@molecule/contract/workspace'

/** What an agent that was called says of the work. */
export type Told =
  | { is: 'working'; remoteTaskId: string; mark: string }
  | { is: 'completed'; text: string }
  | { is: 'asking'; remoteTaskId: string; question: string }
  | { is: 'failed'; reason: Reason; failure?: FailureClass; retryAt?: string }
  | { is: 'canceled' }
  /** Nothing reached the agent, for certain. */
  | { is: 'unsent'; why: string }
  /** It broke off after something was sent. */
  | { is: 'unknown'; why: string }

export type Words = {
  messageId: string
  contextId: string
  text: string
  /** The agent's own task that the message belongs to. */
  taskId: string | null
}

export type AgentClient = {
  send(words: Words, signal: AbortSignal): Promise<Told>
  get(remoteTaskId: string, signal: AbortSignal): Promise<Told>
  cancel(remoteTaskId: string, signal: AbortSignal): Promise<void>
}
