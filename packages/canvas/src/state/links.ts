import type { TaskSummary } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import { isRunning, type LiveState } from './live-state.ts'

export type DelegationLink = {
  /** Callers and callees as seen on the chart: somebody inside a closed team shows as its lead. */
  from: string
  to: string
  state: 'running' | 'queued' | 'failed'
  count: number
}

/** How long a failed delegation stays on the chart. */
const failedShownMs = 15 * 60_000

const rank = { queued: 0, failed: 1, running: 2 } as const

/** Delegations in flight and freshly failed, one link per pair. */
export function delegationLinks(
  live: LiveState,
  isVisible: (id: string) => boolean,
  serverNow: number,
): DelegationLink[] {
  const links = new Map<string, DelegationLink>()
  for (const [callerId, ids] of live.tasks.groups.sentBy) {
    const from = shownAs(live.workspaces.byId, callerId, isVisible)
    const tasks = ids.flatMap((id) => live.tasks.byId.get(id) ?? [])
    for (const task of withoutRecovered(tasks)) {
      const state = linkState(task, serverNow)
      const to = shownAs(live.workspaces.byId, task.callee_id, isVisible)
      if (state && from && to && from !== to) addLink(links, from, to, state)
    }
  }
  return [...links.values()]
}

function addLink(
  links: Map<string, DelegationLink>,
  from: string,
  to: string,
  state: DelegationLink['state'],
) {
  const key = `${from} ${to}`
  const known = links.get(key)
  if (!known || rank[state] > rank[known.state]) links.set(key, { from, to, state, count: 1 })
  else if (known.state === state) links.set(key, { ...known, count: known.count + 1 })
}

function linkState(task: TaskSummary, serverNow: number): DelegationLink['state'] | undefined {
  if (task.ended_at === null) return isRunning(task) ? 'running' : 'queued'
  const failed = task.status === 'failed' || task.status === 'stuck'
  return failed && serverNow - Date.parse(task.ended_at) < failedShownMs ? 'failed' : undefined
}

/** A failure that a later success of the same pair has made good is left out. */
function withoutRecovered(tasks: readonly TaskSummary[]): TaskSummary[] {
  const lastSuccess = new Map<string, string>()
  for (const task of tasks) {
    if (task.status !== 'completed' || task.ended_at === null) continue
    const known = lastSuccess.get(task.callee_id) ?? ''
    if (task.ended_at > known) lastSuccess.set(task.callee_id, task.ended_at)
  }
  return tasks.filter(
    (task) => task.ended_at === null || task.ended_at > (lastSuccess.get(task.callee_id) ?? ''),
  )
}

function shownAs(
  byId: ReadonlyMap<string, Workspace>,
  id: string,
  isVisible: (id: string) => boolean,
): string | undefined {
  const seen = new Set<string>()
  for (let at: string | null = id; at !== null && !seen.has(at); ) {
    if (isVisible(at)) return at
    seen.add(at)
    at = byId.get(at)?.parent_id ?? null
  }
  return undefined
}
