import type { Task, TaskSummary } from '@molecule/contract/task'
import { formatTime } from '../lib/format.ts'
import { isRunning } from '../state/live-state.ts'
import { isHeldUp, tasksIn } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { durationBetween, Elapsed } from '../ui/Age.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { ErrorNote, ProblemNote } from '../ui/ProblemNote.tsx'
import { TaskMark } from '../ui/StateMark.tsx'
import { useCanvas, useCanvasPlace } from '../use-services.ts'
import { Answer } from './Answer.tsx'
import { AnswerAction } from './AnswerAction.tsx'
import { ClampedText } from './ClampedText.tsx'
import { callerName } from './names.ts'
import { OutputView } from './OutputView.tsx'
import { StopButton } from './StopButton.tsx'
import { useTask } from './use-task.ts'

/** One question and what became of it. */
export function ChatExchange({ task }: { task: TaskSummary }) {
  const { value: full, error, reload } = useTask(task.id)
  const asker = useCanvas((state) => callerName(state, task.caller))
  return (
    <article className="exchange">
      <div className="bubble">
        <ClampedText source={full?.text ?? task.preview} />
      </div>
      <p className="bubble-meta num">
        {asker !== text.common.you && `${asker} · `}
        {formatTime(Date.parse(task.created_at))}
      </p>
      <div className="reply">
        <Reply task={task} full={full} />
        <AskedBack task={task} />
        <ErrorNote error={error} action={{ label: text.common.retry, run: reload }} quiet />
        <ReplyMeta task={task} />
      </div>
    </article>
  )
}

function Reply({ task, full }: { task: TaskSummary; full: Task | undefined }) {
  if (task.status === 'queued' || task.waiting_for === 'input') return null
  if (isRunning(task)) return <OutputView taskId={task.id} isOpen />
  if (task.error) return <ProblemNote problem={task.error} quiet />
  if (task.status !== 'completed') return null
  const answer = full?.result ?? task.result_preview
  if (answer === '') return <p className="faint">{text.chat.emptyAnswer}</p>
  return <Answer source={answer ?? text.chat.loadingText} />
}

/** What its agent needs to know, and where to say it. */
function AskedBack({ task }: { task: TaskSummary }) {
  if (task.waiting_for !== 'input' || !task.waiting_reason) return null
  return (
    <>
      <Answer source={task.waiting_reason.detail} />
      <AnswerAction task={task} />
    </>
  )
}

function ReplyMeta({ task }: { task: TaskSummary }) {
  const place = useCanvasPlace()
  return (
    <footer className="reply-meta">
      <TaskMark status={task.status} bare={task.status === 'completed'} />
      <Progress task={task} />
      {task.attempt > 1 && (
        <span className="num">{text.work.attempt(task.attempt, task.max_attempts)}</span>
      )}
      <PlaceLink to={{ ...place, task: task.id }} className="quiet-link">
        {text.chat.openTask}
      </PlaceLink>
      {task.ended_at === null && <StopButton task={task} />}
    </footer>
  )
}

function Progress({ task }: { task: TaskSummary }) {
  const ahead = useCanvas(
    ({ live }) =>
      tasksIn(live, 'openAt', task.callee_id).filter(
        (other) => other.id !== task.id && !isHeldUp(other) && other.created_at < task.created_at,
      ).length,
  )
  if (task.ended_at) {
    const took = durationBetween(task.created_at, task.ended_at)
    return (
      <span className="num">
        {task.status === 'completed' ? text.chat.answered(took) : text.task.took(took)}
      </span>
    )
  }
  if (task.status === 'queued') return <span className="num">{text.chat.queued(ahead)}</span>
  return (
    <>
      <Elapsed since={task.created_at} />
      {task.waiting_for && <span>{text.waitingLabel[task.waiting_for]}</span>}
    </>
  )
}
