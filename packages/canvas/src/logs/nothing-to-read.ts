import type { Workspace } from '@molecule/contract/workspace'
import { text } from '../strings.ts'

/** Why there is no log to ask for, as far as the workspace itself tells. */
export function nothingToRead({ backend, incarnation }: Workspace) {
  if (backend === 'external') return text.logs.elsewhere
  if (incarnation === 0) return text.logs.neverStarted
  return undefined
}
