import type { WorkspaceRow } from '../../db/tables.ts'
import type { TaskRequest } from './task-request.ts'

/** Moves with progress, and stands still while a task waits for its workspace. */
export const DEFAULT_DEADLINE_MS = 6 * 60 * 60 * 1000

/** Later than any clock will say. */
export const NO_DEADLINE = 8_640_000_000_000_000

/** What a person asks of an agent that comes for its work by itself waits for as long as that takes. */
export function deadlineOf(
  { caller, deadlineS }: TaskRequest,
  { deliveryMode }: WorkspaceRow,
  now: number,
): number {
  if (deadlineS) return now + deadlineS * 1000
  const isPatient = caller.kind === 'user' && deliveryMode === 'poll'
  return isPatient ? NO_DEADLINE : now + DEFAULT_DEADLINE_MS
}
