import type { Activity } from '@molecule/contract/activity'
import { useState } from 'react'
import { workspaceName } from '../drawer/names.ts'
import { formatDuration } from '../lib/format.ts'
import { Age } from '../ui/Age.tsx'
import { Icon } from '../ui/Icon.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useLoad } from '../use-load.ts'
import { useCanvas, useCanvasPlace } from '../use-services.ts'
import { activityText, headingOf, otherOf } from './activity-words.ts'

/** Shorter is of no interest. */
const shownMs = 1000

const icons = { in: 'into', out: 'out', own: 'list' } as const

/** One entry: what happened, with its texts and tool calls on demand. */
export function ActivityRow({ entry }: { entry: Activity }) {
  const other = otherOf(entry)
  const name = useCanvas(({ live }) =>
    other === null ? activityText.people : workspaceName(live, other),
  )
  return (
    <li className="activity-row" data-status={entry.status} data-direction={entry.direction}>
      <Icon name={icons[entry.direction]} />
      <div className="activity-body">
        <p className="activity-head">
          <strong>{headingOf(entry, name)}</strong> <Age of={entry.created_at} />
          {entry.duration_ms !== null && entry.duration_ms >= shownMs && (
            <span className="num">{formatDuration(entry.duration_ms)}</span>
          )}
        </p>
        <p className="activity-text">{entry.error_detail ?? entry.summary}</p>
        <More entry={entry} />
      </div>
    </li>
  )
}

function More({ entry }: { entry: Activity }) {
  const place = useCanvasPlace()
  const calls = entry.tool_trace?.length ?? 0
  const hasBodies =
    entry.task_id === null && (entry.request_body !== null || entry.response_body !== null)
  return (
    <div className="activity-more">
      {entry.task_id && (
        <PlaceLink to={{ ...place, task: entry.task_id }} className="quiet-link">
          {activityText.openTask}
        </PlaceLink>
      )}
      {(hasBodies || calls > 0) && <Bodies entry={entry} calls={calls} />}
    </div>
  )
}

function Bodies({ entry, calls }: { entry: Activity; calls: number }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{calls > 0 ? activityText.trace(calls) : activityText.showAll}</summary>
      {isOpen && (entry.is_cut ? <Whole entry={entry} /> : <Parts entry={entry} />)}
    </details>
  )
}

/** A list shows only the beginning of a long text; the entry itself has all. */
function Whole({ entry }: { entry: Activity }) {
  const whole = useLoad(entry.id, '', ({ client }, signal) =>
    client.workspaces.activityEntry(entry.workspace_id, entry.id, { signal }),
  )
  return (
    <>
      <ErrorNote title={activityText.failed} error={whole.error} quiet />
      {whole.value === undefined && <p className="faint">{activityText.cut}</p>}
      <Parts entry={whole.value ?? entry} />
    </>
  )
}

const Parts = ({ entry }: { entry: Activity }) => (
  <>
    <Body title={activityText.request} body={entry.request_body} />
    <Body title={activityText.answer} body={entry.response_body} />
    {entry.tool_trace?.map((call, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a trace never changes.
      <Json key={index} title={`${index + 1}`} value={call} />
    ))}
  </>
)

/** A body whose words are a text reads as that text. */
function Body({ title, body }: { title: string; body: Activity['request_body'] }) {
  if (typeof body?.text !== 'string') return <Json title={title} value={body} />
  return (
    <section className="activity-part">
      <h4>{title}</h4>
      <p className="plain">{body.text}</p>
    </section>
  )
}

function Json({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined) return null
  return (
    <section className="activity-part">
      <h4>{title}</h4>
      <pre className="output">{JSON.stringify(value, null, 2)}</pre>
    </section>
  )
}
