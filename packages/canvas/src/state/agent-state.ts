import type { TaskSummary, WaitingFor } from '@molecule/contract/task'
import type { Workspace, WorkspaceStatus } from '@molecule/contract/workspace'
import { isRunning } from './live-state.ts'

/** What a person sees of a workspace: its lifecycle and, while it is up, what it is doing. */
export type AgentState =
  | 'idle'
  | 'working'
  | 'waiting_for_peer'
  | 'waiting_for_you'
  | 'blocked'
  | Exclude<WorkspaceStatus, 'online'>

export type Tone = 'idle' | 'work' | 'ok' | 'wait' | 'bad' | 'start'

export const toneOf: Readonly<Record<AgentState, Tone>> = {
  idle: 'ok',
  working: 'work',
  waiting_for_peer: 'work',
  waiting_for_you: 'wait',
  blocked: 'wait',
  provisioning: 'start',
  degraded: 'wait',
  offline: 'idle',
  failed: 'bad',
  paused: 'idle',
  hibernating: 'idle',
  hibernated: 'idle',
  awaiting_agent: 'start',
  removed: 'idle',
}

const waiting: Readonly<Record<WaitingFor, AgentState>> = {
  input: 'waiting_for_you',
  approval: 'waiting_for_you',
  auth: 'waiting_for_you',
  quota: 'blocked',
  budget: 'blocked',
  workspace: 'waiting_for_peer',
  children: 'waiting_for_peer',
}

/** A person's turn outranks work, and work outranks waiting for others. */
const urgency: readonly AgentState[] = ['waiting_for_you', 'blocked', 'working', 'waiting_for_peer']

export function agentState(workspace: Workspace, openTasks: readonly TaskSummary[]): AgentState {
  if (workspace.status !== 'online') return workspace.status
  const states = new Set(
    openTasks
      .filter(isRunning)
      .map((task): AgentState => (task.waiting_for ? waiting[task.waiting_for] : 'working')),
  )
  return urgency.find((state) => states.has(state)) ?? 'idle'
}

export const isBusy = (state: AgentState) => urgency.includes(state)
