import { memo } from 'react'
import { type CanvasPlace, home } from '../lib/place.ts'
import { toneOf } from '../state/agent-state.ts'
import { type CardContent, cardContent } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { Age, Elapsed } from '../ui/Age.tsx'
import { Icon } from '../ui/Icon.tsx'
import { StateMark, taskTone } from '../ui/StateMark.tsx'
import { useCanvas, useCanvasPlace, useGo } from '../use-services.ts'
import type { Lod } from './lod.ts'

type Props = { id: string; lod: Lod; selected: boolean }

/** One role and who does what in it. It subscribes by id: nobody else's change redraws it. */
export const WorkspaceCard = memo(function WorkspaceCard({ id, lod, selected }: Props) {
  const content = useCanvas(({ live }) => cardContent(live, id))
  const place = useCanvasPlace()
  const go = useGo()
  const { workspace, state } = content
  if (!workspace) return null
  return (
    <button
      type="button"
      className="card"
      data-testid={`workspace-${id}`}
      data-status={workspace.status}
      data-state={state}
      data-tone={toneOf[state]}
      data-lod={lod}
      aria-pressed={selected}
      aria-label={text.org.cardLabel(workspace.name, text.stateLabel[state])}
      onClick={() => go(toggled(place, id, selected))}
    >
      {lod === 'tile' ? (
        <>
          {state !== 'idle' && <StateMark state={state} bare />}
          <span className="card-tile">{workspace.name}</span>
        </>
      ) : (
        <CardRows content={content} full={lod === 'full'} />
      )}
    </button>
  )
})

const toggled = (place: CanvasPlace, id: string, selected: boolean): CanvasPlace =>
  selected ? { ...home, view: place.view } : { ...place, selected: id, task: undefined }

function CardRows({ content, full }: { content: CardContent; full: boolean }) {
  const { workspace, task, state, queued } = content
  if (!workspace) return null
  return (
    <>
      <span className="card-top">
        <StateMark state={state} />
        {queued > 0 && (
          <span className="card-queue" title={text.org.queued(queued)}>
            <Icon name="stack" />
            <span className="num">{full ? text.org.queued(queued) : queued}</span>
          </span>
        )}
        {task && workspace.status === 'online' && (
          <span className="card-elapsed">
            <Elapsed since={task.created_at} />
          </span>
        )}
      </span>
      <span className="card-name">{workspace.name}</span>
      {full && <span className="card-role">{workspace.role ?? workspace.runtime}</span>}
      <span className="card-now">
        <Now content={content} />
      </span>
    </>
  )
}

/** What it is doing, why it cannot, or when it last did. */
function Now({ content: { workspace, task, last, state, running } }: { content: CardContent }) {
  if (!workspace) return null
  if (workspace.failure_reason && workspace.status !== 'online') {
    const { detail, hint } = workspace.failure_reason
    return (
      <span className="card-reason" title={`${detail}\n${hint}`}>
        {detail} <span className="card-hint">{hint}</span>
      </span>
    )
  }
  if (task) {
    const more = running > 1 ? ` (${text.org.moreRunning(running - 1)})` : ''
    return <span title={task.preview}>{`${task.preview}${more}`}</span>
  }
  if (state === 'provisioning') {
    const { provision_phase: phase } = workspace
    return <span className="faint">{phase ? text.org.phase[phase] : text.org.starting}</span>
  }
  if (last?.ended_at) {
    return (
      <span className="faint" title={last.preview}>
        <span className="card-last" data-tone={taskTone(last.status)}>
          {text.taskLabel[last.status]}
        </span>{' '}
        <Age of={last.ended_at} />: {last.preview}
      </span>
    )
  }
  return <span className="faint">{text.org.noTask}</span>
}
