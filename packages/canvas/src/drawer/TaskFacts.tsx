import type { TaskSummary } from '@molecule/contract/task'
import { formatDateTime } from '../lib/format.ts'
import { isOpen } from '../state/live-state.ts'
import { text } from '../strings.ts'
import { Age } from '../ui/Age.tsx'
import { Fact, Facts } from '../ui/Facts.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { useCanvas, useCanvasPlace } from '../use-services.ts'
import { callerName } from './names.ts'

export function TaskFacts({ task }: { task: TaskSummary }) {
  const place = useCanvasPlace()
  const caller = useCanvas((state) => callerName(state, task.caller))
  const parent = useCanvas(({ live }) => live.tasks.byId.get(task.parent_task_id ?? ''))
  return (
    <section className="section">
      <h3>{text.about.details}</h3>
      <Facts>
        <Fact name={text.task.askedBy}>{caller}</Fact>
        <Fact name={text.task.askedAt}>
          <Age of={task.created_at} />
        </Fact>
        {parent && (
          <Fact name={text.task.parent}>
            <PlaceLink to={{ ...place, selected: parent.callee_id, task: parent.id }}>
              {parent.preview}
            </PlaceLink>
          </Fact>
        )}
        {isOpen(task) && task.deadline && (
          <Fact name={text.task.deadline}>
            <span className="num">{formatDateTime(Date.parse(task.deadline))}</span>
          </Fact>
        )}
        <Fact name={text.task.id}>
          <code>{task.id}</code>
        </Fact>
        <Fact name={text.task.trace}>
          <code>{task.trace_id}</code>
        </Fact>
      </Facts>
    </section>
  )
}
