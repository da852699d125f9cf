import type { EventFrame, Snapshot } from '@molecule/contract/event'
import type { TaskSummary } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import { copyOnWrite } from '../lib/copy-on-write.ts'
import { dropAll, emptyEntities, putAll, replaceAll } from './entities.ts'
import { isOpen, type LiveState, taskKind, workspaceKind } from './live-state.ts'

export type LiveAction =
  | { type: 'snapshot'; snapshot: Snapshot }
  | { type: 'frames'; frames: readonly EventFrame[] }
  /** Rows from the answer of a request: as true as an event, but without a place in the feed. */
  | { type: 'rows'; tasks?: readonly TaskSummary[]; workspaces?: readonly Workspace[] }

/** Ended tasks kept in memory; beyond it the oldest are forgotten, down to three quarters. */
export const maxEndedTasks = 2000

/** Pure. Rows carry their whole state and a revision, so order and repetition do not matter. */
export function reduce(state: LiveState, action: LiveAction): LiveState {
  switch (action.type) {
    case 'snapshot':
      return takeSnapshot(state, action.snapshot)
    case 'frames':
      return applyFrames(state, action.frames)
    case 'rows':
      return withRows(state, action.workspaces ?? [], action.tasks ?? [])
    default:
      return action satisfies never
  }
}

/** True when an event is known to be missing. */
export const hasGap = (state: LiveState) => state.ahead.size > 0

function takeSnapshot(state: LiveState, snapshot: Snapshot): LiveState {
  const sameEpoch = snapshot.epoch === state.epoch
  const workspaces = sameEpoch ? state.workspaces : emptyEntities(workspaceKind)
  const tasks = sameEpoch ? state.tasks : emptyEntities(taskKind)
  return {
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    ahead: new Set(),
    workspaces: replaceAll(workspaceKind, workspaces, snapshot.workspaces),
    tasks: replaceAll(taskKind, tasks, snapshot.tasks),
    heartbeats: sameEpoch ? state.heartbeats : new Map(),
    logged: sameEpoch ? state.logged : new Map(),
    // What was said meanwhile is not in the snapshot: everybody looks again.
    spoken: new Map(snapshot.workspaces.map(({ id }) => [id, (state.spoken.get(id) ?? 0) + 1])),
  }
}

function applyFrames(state: LiveState, frames: readonly EventFrame[]): LiveState {
  const workspaces: Workspace[] = []
  const tasks: TaskSummary[] = []
  const seqs: number[] = []
  const heartbeats = copyOnWrite(state.heartbeats)
  const logged = copyOnWrite(state.logged)
  const spoken = copyOnWrite(state.spoken)
  for (const frame of frames) {
    if (frame.seq !== undefined) seqs.push(frame.seq)
    switch (frame.entity) {
      case 'workspace':
        workspaces.push(frame.payload.workspace)
        if (frame.event === 'AGENT_MESSAGE')
          spoken.set(frame.workspace_id, (spoken.now().get(frame.workspace_id) ?? 0) + 1)
        break
      case 'task':
        tasks.push(frame.payload.task)
        break
      case 'heartbeat':
        heartbeats.set(frame.workspace_id, frame.payload.last_heartbeat_at)
        break
      // What they tell is in the rows and the log as well.
      case 'report':
      case 'reply':
        break
      case 'activity':
        logged.set(frame.workspace_id, frame.payload.seq)
        break
      case 'task_output':
        break
      default:
        frame satisfies never
    }
  }
  const next = advance(withRows(state, workspaces, tasks), seqs)
  const signs = { heartbeats: heartbeats.now(), logged: logged.now(), spoken: spoken.now() }
  const isSame = (Object.keys(signs) as (keyof typeof signs)[]).every(
    (name) => signs[name] === next[name],
  )
  return isSame ? next : { ...next, ...signs }
}

function withRows(
  state: LiveState,
  workspaces: readonly Workspace[],
  tasks: readonly TaskSummary[],
): LiveState {
  const nextWorkspaces = putAll(workspaceKind, state.workspaces, workspaces)
  const nextTasks = putAll(taskKind, state.tasks, tasks)
  if (nextWorkspaces === state.workspaces && nextTasks === state.tasks) return state
  return { ...state, workspaces: nextWorkspaces, tasks: forgetOldest(nextTasks) }
}

/** Moves `seq` over every position that arrived, and remembers those behind a hole. */
function advance(state: LiveState, seqs: readonly number[]): LiveState {
  const unseen = seqs.filter((seq) => seq > state.seq)
  if (unseen.length === 0) return state
  const ahead = new Set([...state.ahead, ...unseen])
  let seq = state.seq
  while (ahead.delete(seq + 1)) seq += 1
  return { ...state, seq, ahead }
}

function forgetOldest(tasks: LiveState['tasks']) {
  if (tasks.byId.size <= maxEndedTasks) return tasks
  const ended = [...tasks.byId.values()].filter((task) => !isOpen(task))
  if (ended.length <= maxEndedTasks) return tasks
  const excess = ended.length - Math.floor(maxEndedTasks * 0.75)
  const oldest = ended.sort((a, b) => (a.created_at < b.created_at ? -1 : 1)).slice(0, excess)
  return dropAll(
    taskKind,
    tasks,
    oldest.map((task) => task.id),
  )
}
