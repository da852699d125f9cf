import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { isRunning } from '../state/live-state.ts'
import { isElsewhere, openTasks, subtree } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { PlaceLink } from '../ui/PlaceLink.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useCanvas, useCanvasPlace } from '../use-services.ts'
import { Names } from './Names.tsx'
import type { VerbProps } from './Outcome.tsx'

export function PauseAction({ workspace, onDone }: VerbProps) {
  return workspace.desired_state === 'paused' ? (
    <Resume workspace={workspace} onDone={onDone} />
  ) : (
    <Pause workspace={workspace} onDone={onDone} />
  )
}

function Pause({ workspace, onDone }: VerbProps) {
  const [asking, setAsking] = useState(false)
  const reached = useCanvas(({ live }) =>
    subtree(live, workspace.id).filter((each) => each.desired_state !== 'paused'),
  )
  const open = useCanvas(({ live }) => reached.flatMap(({ id }) => openTasks(live, id)))
  const running = open.filter(isRunning).length
  const pause = useAction(async ({ client }) => {
    const { paused_count, targets } = await client.workspaces.pause(workspace.id)
    setAsking(false)
    onDone({ title: text.verbs.paused(paused_count), targets })
  })
  return (
    <div className="action">
      <p>{isElsewhere(workspace) ? text.about.pauseHintElsewhere : text.about.pauseHint}</p>
      <ActionButton right="workspaces:write" icon="pause" onClick={() => setAsking(true)}>
        {text.about.pause}
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={text.about.pauseTitle(workspace.name)}
          confirm={text.about.pauseConfirm(reached.length)}
          busy={pause.busy}
          onConfirm={() => void pause.run()}
          onClose={() => setAsking(false)}
        >
          <p>{text.about.pauseBody}</p>
          {reached.length > 1 && <Names of={reached} />}
          {running > 0 && <p>{text.about.restartBusy(running)}</p>}
          {open.length > running && <p>{text.about.restartQueue(open.length - running)}</p>}
          <ErrorNote error={pause.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}

/** Offered where the pause was made; below it, the way to that place. */
function Resume(props: VerbProps) {
  const { paused_by, id } = props.workspace
  const cause = useCanvas(({ live }) =>
    paused_by === null || paused_by === id ? undefined : live.workspaces.byId.get(paused_by),
  )
  return cause?.desired_state === 'paused' ? <ToCause cause={cause} /> : <ResumeHere {...props} />
}

function ToCause({ cause }: { cause: Workspace }) {
  const place = useCanvasPlace()
  return (
    <div className="action">
      <p>{text.about.pausedBy(cause.name)}</p>
      <PlaceLink to={{ ...place, selected: cause.id }} className="button">
        {text.about.toCause(cause.name)}
      </PlaceLink>
    </div>
  )
}

function ResumeHere({ workspace, onDone }: VerbProps) {
  const [asking, setAsking] = useState(false)
  const reached = useCanvas(({ live }) =>
    subtree(live, workspace.id).filter(
      ({ id, paused_by }) => id === workspace.id || paused_by === workspace.id,
    ),
  )
  const resume = useAction(async ({ client }) => {
    const { resumed_count, targets } = await client.workspaces.resume(workspace.id)
    setAsking(false)
    onDone({ title: text.verbs.resumed(resumed_count), targets })
  })
  return (
    <div className="action">
      <p>{resumeHint(workspace)}</p>
      <ActionButton right="workspaces:write" icon="start" onClick={() => setAsking(true)}>
        {text.about.resume}
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={text.about.resumeTitle(workspace.name)}
          confirm={text.about.resume}
          busy={resume.busy}
          onConfirm={() => void resume.run()}
          onClose={() => setAsking(false)}
        >
          <p>{text.about.resumeBody}</p>
          {reached.length > 1 && <Names of={reached} />}
          <ErrorNote error={resume.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}

const resumeHint = (workspace: Workspace) =>
  isElsewhere(workspace) ? text.about.resumeHintElsewhere : text.about.resumeHint
