import type { Caller } from '@molecule/contract/task'
import type { LiveState } from '../state/live-state.ts'
import { text } from '../strings.ts'

export const workspaceName = (live: LiveState, id: string) =>
  live.workspaces.byId.get(id)?.name ?? text.common.unknownWorkspace

export function callerName(live: LiveState, caller: Caller): string {
  if (caller.kind === 'workspace') return workspaceName(live, caller.id)
  return caller.kind === 'user' ? text.common.you : text.common.system
}
