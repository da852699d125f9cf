import type { Caller } from '@molecule/contract/task'
import type { LiveState } from '../state/live-state.ts'
import { sessionIn } from '../state/rights.ts'
import type { CanvasState } from '../state/store.ts'
import { text } from '../strings.ts'

export const workspaceName = (live: LiveState, id: string) =>
  live.workspaces.byId.get(id)?.name ?? text.common.unknownWorkspace

/** The person who looks is "you"; others have their names. */
export function callerName({ live, access }: CanvasState, { kind, id }: Caller): string {
  if (kind === 'workspace') return workspaceName(live, id)
  if (kind === 'schedule') return text.common.schedule
  if (kind === 'webhook') return text.common.webhook
  if (kind === 'system') return text.common.system
  return id === sessionIn(access)?.name ? text.common.you : id
}
