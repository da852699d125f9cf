import type { TaskSummary } from '@molecule/contract/task'
import { useState } from 'react'
import { Schedules } from '../schedules/Schedules.tsx'
import { isOpen, isRunning } from '../state/live-state.ts'
import { tasksIn } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { useCanvas } from '../use-services.ts'
import { TaskRow } from './TaskRow.tsx'

/** What it does, what waits for it, and what it asked of others. */
export function WorkTab({ workspaceId }: { workspaceId: string }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(workspaceId))
  const received = useCanvas(({ live }) => tasksIn(live, 'receivedBy', workspaceId))
  const sent = useCanvas(({ live }) => tasksIn(live, 'sentBy', workspaceId))
  const running = received.filter(isRunning)
  const queued = received.filter((task) => task.status === 'queued')
  const done = received.filter((task) => !isOpen(task)).reverse()
  const delegated = sent.toSorted(openFirst)
  const byClock = received.filter(({ caller }) => caller.kind === 'schedule').length
  return (
    <div className="work">
      {received.length + sent.length === 0 && (
        <section className="empty">
          <h3>{text.work.emptyTitle}</h3>
          <p>{text.work.emptyBody}</p>
        </section>
      )}
      <TaskSection title={text.work.now} tasks={running} show="caller" />
      <TaskSection title={text.work.queued} tasks={queued} show="caller" />
      <TaskSection title={text.work.delegated} tasks={delegated} show="callee" />
      <TaskSection title={text.work.done} tasks={done} show="caller" />
      {workspace && <Schedules workspace={workspace} version={byClock} />}
    </div>
  )
}

const openFirst = (a: TaskSummary, b: TaskSummary) =>
  Number(isOpen(b)) - Number(isOpen(a)) || (a.created_at < b.created_at ? 1 : -1)

const firstShown = 8
const moreShown = 50

type SectionProps = { title: string; tasks: readonly TaskSummary[]; show: 'caller' | 'callee' }

function TaskSection({ title, tasks, show }: SectionProps) {
  const [limit, setLimit] = useState(firstShown)
  if (tasks.length === 0) return null
  return (
    <section className="section">
      <h3>
        {title} <span className="section-count num">{tasks.length}</span>
      </h3>
      <ul className="task-list">
        {tasks.slice(0, limit).map((task) => (
          <TaskRow key={task.id} task={task} show={show} />
        ))}
      </ul>
      {tasks.length > limit && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => setLimit(limit + moreShown)}
        >
          {text.common.showMore}
        </button>
      )}
    </section>
  )
}
