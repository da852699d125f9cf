import type { StoredEvent } from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import { reachable } from '../workspace/reach.ts'

type Node = { id: WorkspaceId; parentId: WorkspaceId | null }

/** Who stands under whom, kept up to date by the events that are read anyway. */
export type OrgTree = {
  /** Those that a workspace may talk to, itself included; the same set until somebody comes, goes or moves. */
  reachOf(self: WorkspaceId): ReadonlySet<string>
  follow(events: readonly StoredEvent[]): void
}

export function orgTree(live: readonly Node[]): OrgTree {
  const nodes = new Map(live.map(({ id, parentId }) => [id, { id, parentId }]))
  const reaches = new Map<WorkspaceId, ReadonlySet<string>>()
  const take = (event: StoredEvent): void => {
    if (event.entity !== 'workspace') return
    const { id, parent_id: parentId, desired_state: wish } = event.payload.workspace
    const known = nodes.get(id)
    if (wish === 'removed') {
      if (nodes.delete(id)) reaches.clear()
    } else if (known?.parentId !== parentId) {
      nodes.set(id, { id, parentId })
      reaches.clear()
    }
  }
  return {
    reachOf(self) {
      const known = reaches.get(self)
      if (known) return known
      const reach = new Set<string>(reachable([...nodes.values()], self).map(({ id }) => id))
      reaches.set(self, reach)
      return reach
    },
    follow: (events) => events.forEach(take),
  }
}
