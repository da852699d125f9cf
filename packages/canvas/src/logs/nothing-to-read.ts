import type { Workspace } from '@molecule/contract/workspace'
import { text } from '../strings.ts'

/** Whether more may come to its log, now or with a start that is under way. */
export const mayWrite = (workspace: Workspace | undefined): boolean =>
  workspace?.desired_state === 'running' && workspace.status !== 'failed'

/** Why there is no log to ask for, as far as the workspace itself tells. */
export function nothingToRead({ backend, incarnation }: Workspace) {
  if (backend === 'external') return text.logs.elsewhere
  if (incarnation === 0) return text.logs.neverStarted
  return undefined
}
