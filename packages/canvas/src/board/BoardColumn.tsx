import type { TaskSummary } from '@molecule/contract/task'
import { useState } from 'react'
import { callerName, workspaceName } from '../drawer/names.ts'
import { TaskTimes } from '../drawer/TaskRow.tsx'
import { home } from '../lib/place.ts'
import { Elapsed } from '../ui/Age.tsx'
import { InlineCode } from '../ui/InlineCode.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { TaskMark } from '../ui/StateMark.tsx'
import { useCanvas, useServerNow } from '../use-services.ts'
import { boardText } from './board-text.ts'
import { type Column, isSilent } from './columns.ts'

const firstShown = 20

export function BoardColumn({ column: { name, tasks } }: { column: Column }) {
  const [limit, setLimit] = useState(firstShown)
  const shown = tasks.slice(0, limit)
  return (
    <section className="board-column" aria-label={boardText.columns[name]}>
      <h2>
        {boardText.columns[name]} <span className="section-count num">{tasks.length}</span>
      </h2>
      {tasks.length === 0 && <p className="faint">{boardText.empty[name]}</p>}
      <ul>
        {shown.map((task) => (
          <li key={task.id}>
            <BoardCard task={task} />
          </li>
        ))}
      </ul>
      {tasks.length > limit && (
        <button
          type="button"
          className="button button-quiet"
          onClick={() => setLimit(tasks.length)}
        >
          {boardText.more(tasks.length - limit)}
        </button>
      )}
    </section>
  )
}

function BoardCard({ task }: { task: TaskSummary }) {
  const from = useCanvas((state) => callerName(state, task.caller))
  const to = useCanvas(({ live }) => workspaceName(live, task.callee_id))
  return (
    <PlaceLink to={{ ...home, selected: task.callee_id, task: task.id }} className="board-card">
      <span className="board-card-head">
        <TaskMark status={task.status} bare />
        <span className="board-card-who">{boardText.fromTo(from, to)}</span>
      </span>
      <span className="board-card-text">{task.preview}</span>
      {task.error && (
        <span className="task-row-error">
          <InlineCode source={task.error.detail} />
        </span>
      )}
      <span className="task-row-meta">
        <TaskTimes task={task} />
        <Silence task={task} />
      </span>
    </PlaceLink>
  )
}

function Silence({ task }: { task: TaskSummary }) {
  const now = useServerNow()
  if (!task.last_heartbeat || !isSilent(task, now)) return null
  return (
    <span data-tone="bad">
      {boardText.silent} <Elapsed since={task.last_heartbeat} />
    </span>
  )
}
