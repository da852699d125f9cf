import type { TaskSummary } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import { agentState, isBusy } from './agent-state.ts'
import { isRunning, type LiveState, type TaskGroup } from './live-state.ts'

const none: readonly string[] = []

/** Somebody else runs its agent: nothing of it is ours to start or stop. */
export const isElsewhere = ({ backend }: Workspace) => backend === 'external'

const childIds = (live: LiveState, id: string) => live.workspaces.groups.childrenOf.get(id) ?? none

/** Tasks of one group, oldest first. */
export function tasksIn(live: LiveState, group: TaskGroup, key: string): TaskSummary[] {
  const ids = live.tasks.groups[group].get(key) ?? none
  return ids
    .flatMap((id) => live.tasks.byId.get(id) ?? [])
    .sort((a, b) => compare(a.created_at, b.created_at) || compare(a.id, b.id))
}

export function openTasks(live: LiveState, workspaceId: string): TaskSummary[] {
  return tasksIn(live, 'openAt', workspaceId)
}

/** The workspace and everybody below it, the workspace first. */
export function subtree(live: LiveState, id: string): Workspace[] {
  const found: Workspace[] = []
  const seen = new Set<string>()
  const pending = [id]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const workspace = live.workspaces.byId.get(next)
    if (!workspace || seen.has(next)) continue
    seen.add(next)
    found.push(workspace)
    pending.push(...childIds(live, next).toReversed())
  }
  return found
}

/** From the root of the org down to the workspace itself. */
export function pathTo(live: LiveState, id: string): Workspace[] {
  const path: Workspace[] = []
  let next: string | null = id
  while (next !== null && path.length < maxDepth) {
    const workspace: Workspace | undefined = live.workspaces.byId.get(next)
    if (!workspace) break
    path.unshift(workspace)
    next = workspace.parent_id
  }
  return path
}

/** The server refuses a deeper tree. */
const maxDepth = 32

export type RollUp = { total: number; working: number; failed: number; inFlight: number }

function rollUpOf(live: LiveState, workspaces: Iterable<Workspace>): RollUp {
  const sum = { total: 0, working: 0, failed: 0, inFlight: 0 }
  for (const workspace of workspaces) {
    const open = openTasks(live, workspace.id)
    sum.total += 1
    sum.inFlight += open.length
    if (isBusy(agentState(workspace, open))) sum.working += 1
    if (workspace.status === 'failed') sum.failed += 1
  }
  return sum
}

export const orgRollUp = (live: LiveState) => rollUpOf(live, live.workspaces.byId.values())

/** Of those below, without the lead; undefined for somebody without a team. */
export function teamRollUp(live: LiveState, leadId: string): RollUp | undefined {
  if (childIds(live, leadId).length === 0) return undefined
  return rollUpOf(live, subtree(live, leadId).slice(1))
}

export type CardContent = {
  workspace: Workspace | undefined
  /** The running task that has been at it longest. */
  task: TaskSummary | undefined
  /** The task that ended last. */
  last: TaskSummary | undefined
  state: ReturnType<typeof agentState>
  running: number
  queued: number
}

/** Flat, so that a shallow comparison tells whether a card must be drawn again. */
export function cardContent(live: LiveState, id: string): CardContent {
  const workspace = live.workspaces.byId.get(id)
  const open = openTasks(live, id)
  const running = open.filter(isRunning)
  return {
    workspace,
    task: running[0],
    last: lastEnded(live, id),
    state: workspace ? agentState(workspace, open) : 'removed',
    running: running.length,
    queued: open.length - running.length,
  }
}

function lastEnded(live: LiveState, id: string): TaskSummary | undefined {
  let last: TaskSummary | undefined
  for (const taskId of live.tasks.groups.receivedBy.get(id) ?? none) {
    const task = live.tasks.byId.get(taskId)
    if (task?.ended_at && task.ended_at > (last?.ended_at ?? '')) last = task
  }
  return last
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** It waits for a person, a login or a limit: others are taken up meanwhile. */
export const isHeldUp = ({ waiting_for }: TaskSummary) =>
  waiting_for !== null && waiting_for !== 'workspace' && waiting_for !== 'children'
