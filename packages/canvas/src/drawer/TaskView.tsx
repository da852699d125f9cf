import type { Task } from '@molecule/contract/task'
import { isOpen } from '../state/live-state.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { ErrorNote, ProblemNote } from '../ui/ProblemNote.tsx'
import { TaskMark } from '../ui/StateMark.tsx'
import { useCanvas, useCanvasPlace } from '../use-services.ts'
import { Answer } from './Answer.tsx'
import { Attempts } from './Attempts.tsx'
import { ClampedText } from './ClampedText.tsx'
import { Explain } from './Explain.tsx'
import { OutputView } from './OutputView.tsx'
import { StopButton } from './StopButton.tsx'
import { TaskFacts } from './TaskFacts.tsx'
import { TaskRow, TaskTimes } from './TaskRow.tsx'
import { Timeline } from './Timeline.tsx'
import { useTask } from './use-task.ts'

/** One task from request to result: output as it comes, every attempt, and the work it handed on. */
export function TaskView({ taskId }: { taskId: string }) {
  const place = useCanvasPlace()
  const { value: task, error, reload } = useTask(taskId)
  return (
    <article className="task">
      <PlaceLink to={{ ...place, task: undefined }} className="back-link">
        <Icon name="back" />
        {text.drawer.tabs[place.tab]}
      </PlaceLink>
      <ErrorNote
        title={text.task.missing}
        error={error}
        action={{ label: text.common.retry, run: reload }}
      />
      {task ? <TaskBody full={task} /> : !error && <p className="faint">{text.chat.loadingText}</p>}
    </article>
  )
}

function TaskBody({ full }: { full: Task }) {
  const summary = useCanvas(({ live }) => live.tasks.byId.get(full.id)) ?? full
  const open = isOpen(summary)
  return (
    <>
      <header className="task-head">
        <div className="task-status">
          <TaskMark status={summary.status} />
          <span className="task-row-meta">
            <TaskTimes task={summary} />
          </span>
        </div>
        {open && <StopButton task={summary} />}
      </header>
      {summary.error && (
        <ProblemNote title={text.task.whatFailed} problem={summary.error} quiet={!open} />
      )}
      {summary.status !== 'completed' && <Explain task={summary} />}
      <section className="section">
        <h3>{text.task.request}</h3>
        <ClampedText source={full.text} />
      </section>
      {full.result && (
        <section className="section">
          <h3>{text.task.answer}</h3>
          <Answer source={full.result} />
        </section>
      )}
      <section className="section">
        <h3>{text.task.output}</h3>
        <OutputView taskId={full.id} isOpen={open} />
      </section>
      <Attempts task={full} />
      <Timeline task={full} />
      <Children task={full} />
      <TaskFacts task={summary} />
    </>
  )
}

function Children({ task }: { task: Task }) {
  const children = useCanvas(({ live }) => {
    const ids = new Set([...task.children, ...(live.tasks.groups.childrenOf.get(task.id) ?? [])])
    return [...ids].flatMap((id) => live.tasks.byId.get(id) ?? [])
  })
  if (children.length === 0) return null
  return (
    <section className="section">
      <h3>
        {text.task.children} <span className="section-count num">{children.length}</span>
      </h3>
      <ul className="task-list">
        {children.map((child) => (
          <TaskRow key={child.id} task={child} show="callee" />
        ))}
      </ul>
    </section>
  )
}
