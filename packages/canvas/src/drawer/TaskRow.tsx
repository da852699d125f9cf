import type { TaskSummary } from '@molecule/contract/task'
import { isRunning } from '../state/live-state.ts'
import { text } from '../strings.ts'
import { Age, durationBetween, Elapsed } from '../ui/Age.tsx'
import { InlineCode } from '../ui/InlineCode.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { TaskMark } from '../ui/StateMark.tsx'
import { useCanvas, useCanvasPlace } from '../use-services.ts'
import { callerName, workspaceName } from './names.ts'

type Props = { task: TaskSummary; show: 'caller' | 'callee' }

/** One task in a list: what, from or to whom, how far, and why it failed. */
export function TaskRow({ task, show }: Props) {
  const place = useCanvasPlace()
  const other = useCanvas((state) =>
    show === 'caller'
      ? text.work.from(callerName(state, task.caller))
      : text.work.to(workspaceName(state.live, task.callee_id)),
  )
  return (
    <li>
      <PlaceLink to={{ ...place, task: task.id }} className="task-row">
        <TaskMark status={task.status} bare />
        <span className="task-row-body">
          <span className="task-row-text">{task.preview}</span>
          <span className="task-row-meta">
            <TaskMeta task={task} />
            <span>{other}</span>
            {task.attempt > 1 && (
              <span className="num">{text.work.attempt(task.attempt, task.max_attempts)}</span>
            )}
            {task.retry_count > 0 && (
              <span className="num" data-tone="wait">
                {text.work.retries(task.retry_count)}
              </span>
            )}
          </span>
          {task.error && (
            <span className="task-row-error">
              <InlineCode source={task.error.detail} />{' '}
              <span className="task-row-hint">
                <InlineCode source={task.error.hint} />
              </span>
            </span>
          )}
        </span>
      </PlaceLink>
    </li>
  )
}

/** The status in words with the time that matters for it. */
function TaskMeta({ task }: { task: TaskSummary }) {
  if (task.ended_at) {
    return (
      <>
        <span>
          {text.taskLabel[task.status]} <Age of={task.ended_at} />
        </span>
        <Took task={task} until={task.ended_at} />
      </>
    )
  }
  return (
    <>
      <span data-tone={isRunning(task) ? 'work' : 'idle'}>
        {text.taskLabel[task.status]} <Elapsed since={task.created_at} />
      </span>
      <WaitsFor task={task} />
    </>
  )
}

/** Only the times, where the status stands beside it. */
export function TaskTimes({ task }: { task: TaskSummary }) {
  return (
    <>
      {task.ended_at ? <Age of={task.ended_at} /> : <Elapsed since={task.created_at} />}
      {task.ended_at && <Took task={task} until={task.ended_at} />}
      <WaitsFor task={task} />
      {task.attempt > 1 && (
        <span className="num">{text.work.attempt(task.attempt, task.max_attempts)}</span>
      )}
    </>
  )
}

function Took({ task, until }: { task: TaskSummary; until: string }) {
  return <span className="num">{text.task.took(durationBetween(task.created_at, until))}</span>
}

function WaitsFor({ task }: { task: TaskSummary }) {
  if (task.ended_at) return null
  if (task.cancel_requested_at) return <span data-tone="wait">{text.work.stopping}</span>
  if (!task.waiting_for) return null
  return <span data-tone="wait">{text.waitingLabel[task.waiting_for]}</span>
}
