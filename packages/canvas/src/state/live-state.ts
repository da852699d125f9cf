import type { TaskStatus, TaskSummary } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import { type Entities, emptyEntities, type Kind, noParent } from './entities.ts'

export type WorkspaceGroup = 'childrenOf'
export type TaskGroup = 'childrenOf' | 'receivedBy' | 'sentBy' | 'openAt'

/** Everything the server said, as of `seq`. */
export type LiveState = {
  /** Null before the first snapshot. */
  epoch: string | null
  /** Every event up to here has been applied. */
  seq: number
  /** Positions beyond `seq` that came too early: not empty means that something is missing. */
  ahead: ReadonlySet<number>
  workspaces: Entities<Workspace, WorkspaceGroup>
  tasks: Entities<TaskSummary, TaskGroup>
  /** Last sign of life per workspace. Kept apart, so that it redraws nobody who does not show it. */
  heartbeats: ReadonlyMap<string, string>
  /** Number of the last entry told of a workspace's log, for those who follow it. */
  logged: ReadonlyMap<string, number>
  /** How often each workspace has spoken to the people since the page was opened. */
  spoken: ReadonlyMap<string, number>
}

export const workspaceKind: Kind<Workspace, WorkspaceGroup> = {
  groupOf: { childrenOf: (workspace) => workspace.parent_id ?? noParent },
  isGone: (workspace) => workspace.status === 'removed',
}

export const taskKind: Kind<TaskSummary, TaskGroup> = {
  groupOf: {
    childrenOf: (task) => task.parent_task_id ?? undefined,
    receivedBy: (task) => task.callee_id,
    sentBy: (task) => (task.caller.kind === 'workspace' ? task.caller.id : undefined),
    openAt: (task) => (isOpen(task) ? task.callee_id : undefined),
  },
  isGone: () => false,
}

const open: Readonly<Record<TaskStatus, boolean>> = {
  queued: true,
  dispatched: true,
  in_progress: true,
  completed: false,
  failed: false,
  stuck: false,
  canceled: false,
}

export const isOpen = (task: Pick<TaskSummary, 'status'>) => open[task.status]

/** A host has it: it is not merely waiting in the queue. */
export const isRunning = (task: Pick<TaskSummary, 'status'>) =>
  isOpen(task) && task.status !== 'queued'

export const emptyLiveState: LiveState = {
  epoch: null,
  seq: 0,
  ahead: new Set(),
  workspaces: emptyEntities(workspaceKind),
  tasks: emptyEntities(taskKind),
  heartbeats: new Map(),
  logged: new Map(),
  spoken: new Map(),
}
