import type { WorkspaceId } from '@molecule/contract/id'

type Node = { id: WorkspaceId; parentId: WorkspaceId | null }

/** Of a whole org, those that one workspace may talk to, itself included; see `mayTalk`. */
export function reachable<N extends Node>(nodes: N[], self: WorkspaceId): N[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const own = byId.get(self)
  if (!own) return []
  const above = chain(byId, self)
  return nodes.filter(
    (node) =>
      node.parentId === own.parentId || above.has(node.id) || chain(byId, node.id).has(self),
  )
}

/** A node and everything above it. */
function chain(byId: Map<WorkspaceId, Node>, from: WorkspaceId): Set<WorkspaceId> {
  const seen = new Set<WorkspaceId>()
  for (let at: WorkspaceId | null = from; at !== null && !seen.has(at); ) {
    seen.add(at)
    at = byId.get(at)?.parentId ?? null
  }
  return seen
}
