import type { StoredEvent } from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import type { Principal } from '../identity/principal.ts'
import { toPeer } from '../workspace/workspace-wire.ts'
import type { OrgTree } from './org-tree.ts'

/** Whom an event speaks of, so that a filter need not read it. */
export type About = { entity: 'workspace' | 'task'; ids: readonly string[] }

export const aboutOf = (event: StoredEvent): About =>
  event.entity === 'workspace'
    ? { entity: 'workspace', ids: [event.workspace_id] }
    : { entity: 'task', ids: [event.payload.task.caller.id, event.payload.task.callee_id] }

/** What of the feed a principal may see. */
export type Sight = {
  /** All of it, as people do. */
  isWhole: boolean
  sees(about: About): boolean
  /** The event as this principal may read it. */
  show(event: StoredEvent): StoredEvent
  /** Changes when the principal may see more or less than before. */
  reach(): string
}

const whole: Sight = { isWhole: true, sees: () => true, show: (event) => event, reach: () => '' }

/** People see everything; a workspace itself and its peers, and the tasks it asked for or was asked for. */
export const sightOf = (principal: Principal, tree: OrgTree): Sight =>
  principal.kind === 'workspace' ? ofWorkspace(principal.workspaceId, tree) : whole

function ofWorkspace(self: WorkspaceId, tree: OrgTree): Sight {
  let told: { reach: ReadonlySet<string>; text: string } | undefined
  return {
    isWhole: false,
    sees: ({ entity, ids }) =>
      entity === 'task' ? ids.includes(self) : ids.some((id) => tree.reachOf(self).has(id)),
    show(event) {
      if (event.entity !== 'workspace' || event.workspace_id === self) return event
      const { payload } = event
      return { ...event, payload: { ...payload, workspace: toPeer(payload.workspace) } }
    },
    reach() {
      const reach = tree.reachOf(self)
      if (told?.reach !== reach) told = { reach, text: [...reach].sort().join() }
      return told.text
    },
  }
}
