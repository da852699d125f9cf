import type { Workspace } from '@molecule/contract/workspace'
import type { OrgNode } from '../layout/pack.ts'

type ById = ReadonlyMap<string, Workspace>

/** The visible org chart. Whoever has no reachable parent stands at the top: nobody is lost. */
export function orgTree(byId: ById): OrgNode[] {
  const ordered = [...byId.values()].sort(bySeniority)
  const children = Map.groupBy(ordered, (workspace) => parentIn(byId, workspace))
  const seen = new Set<string>()
  const grow = (workspace: Workspace): OrgNode => {
    seen.add(workspace.id)
    const below = (children.get(workspace.id) ?? []).filter((child) => !seen.has(child.id))
    const nodes = below.map(grow)
    return { id: workspace.id, children: workspace.collapsed ? [] : nodes }
  }
  const roots = (children.get(undefined) ?? []).map(grow)
  return [...roots, ...ordered.filter(({ id }) => !seen.has(id)).map((lost) => grow(lost))]
}

/** Whether two maps lead to the same chart, whatever else changed. */
export function sameChart(before: ById, after: ById): boolean {
  if (before === after) return true
  if (before.size !== after.size) return false
  for (const [id, workspace] of after) {
    const former = before.get(id)
    if (former !== workspace && !(former && samePlace(former, workspace))) return false
  }
  return true
}

const samePlace = (a: Workspace, b: Workspace) =>
  a.parent_id === b.parent_id &&
  a.collapsed === b.collapsed &&
  a.name === b.name &&
  a.created_at === b.created_at

const parentIn = (byId: ById, { parent_id }: Workspace) =>
  parent_id !== null && byId.has(parent_id) ? parent_id : undefined

const bySeniority = (a: Workspace, b: Workspace) =>
  a.created_at.localeCompare(b.created_at) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
