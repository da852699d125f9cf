import type { Task, TimelineEntry } from '@molecule/contract/task'
import { formatDateTime } from '../lib/format.ts'
import { text } from '../strings.ts'
import { durationBetween } from '../ui/Age.tsx'
import { useCanvas } from '../use-services.ts'
import { callerName } from './names.ts'
import { timelineSentence } from './timeline-words.ts'

/** Everything that happened to a task, with the time that lay between. */
export function Timeline({ task }: { task: Task }) {
  return (
    <section className="section">
      <h3>{text.task.timeline}</h3>
      <ol className="timeline">
        {task.timeline.map((entry, index) => (
          <TimelineItem
            key={`${entry.what}${entry.attempt}${entry.at}`}
            entry={entry}
            before={task.timeline[index - 1]}
          />
        ))}
      </ol>
    </section>
  )
}

type ItemProps = { entry: TimelineEntry; before: TimelineEntry | undefined }

function TimelineItem({ entry, before }: ItemProps) {
  const [kind, id = ''] = entry.by?.split(':') ?? []
  const who = useCanvas((state) =>
    kind ? callerName(state, { kind: kind as 'user', id }) : undefined,
  )
  return (
    <li>
      <time
        className="timeline-time num"
        dateTime={entry.at}
        title={formatDateTime(Date.parse(entry.at))}
      >
        {before ? `+${durationBetween(before.at, entry.at)}` : formatDateTime(Date.parse(entry.at))}
      </time>
      <span>
        {timelineSentence(entry, who)}
        {entry.text && <span className="faint"> {entry.text}</span>}
      </span>
    </li>
  )
}
