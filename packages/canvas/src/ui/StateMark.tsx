import type { TaskStatus } from '@molecule/contract/task'
import { type AgentState, type Tone, toneOf } from '../state/agent-state.ts'
import { text } from '../strings.ts'
import { Icon, type IconName } from './Icon.tsx'

const stateIcon: Readonly<Record<AgentState, IconName>> = {
  idle: 'check',
  working: 'working',
  waiting_for_peer: 'team',
  waiting_for_you: 'hand',
  blocked: 'alert',
  provisioning: 'start',
  degraded: 'alert',
  offline: 'slash',
  failed: 'cross',
  paused: 'pause',
  hibernating: 'moon',
  hibernated: 'moon',
  awaiting_agent: 'plug',
  removed: 'slash',
}

/** Icon, word and colour together: none of them alone. */
export function StateMark({ state, bare = false }: { state: AgentState; bare?: boolean }) {
  return (
    <span className="mark" data-tone={toneOf[state]}>
      <Icon name={stateIcon[state]} spin={state === 'working'} />
      <span className={bare ? 'sr-only' : 'mark-label'}>{text.stateLabel[state]}</span>
    </span>
  )
}

const taskLook: Readonly<Record<TaskStatus, { icon: IconName; tone: Tone }>> = {
  queued: { icon: 'stack', tone: 'idle' },
  dispatched: { icon: 'clock', tone: 'work' },
  in_progress: { icon: 'working', tone: 'work' },
  completed: { icon: 'check', tone: 'ok' },
  failed: { icon: 'cross', tone: 'bad' },
  stuck: { icon: 'alert', tone: 'bad' },
  canceled: { icon: 'slash', tone: 'idle' },
}

export const taskTone = (status: TaskStatus): Tone => taskLook[status].tone

export function TaskMark({ status, bare = false }: { status: TaskStatus; bare?: boolean }) {
  const { icon, tone } = taskLook[status]
  return (
    <span className="mark" data-tone={tone}>
      <Icon name={icon} spin={status === 'in_progress'} />
      <span className={bare ? 'sr-only' : 'mark-label'}>{text.taskLabel[status]}</span>
    </span>
  )
}
