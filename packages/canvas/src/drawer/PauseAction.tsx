import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { isRunning } from '../state/live-state.ts'
import { openTasks, subtree } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useCanvas } from '../use-services.ts'
import { Names } from './Names.tsx'

export function PauseAction({ workspace }: { workspace: Workspace }) {
  return workspace.desired_state === 'paused' ? (
    <Resume workspace={workspace} />
  ) : (
    <Pause workspace={workspace} />
  )
}

function Pause({ workspace }: { workspace: Workspace }) {
  const [asking, setAsking] = useState(false)
  const reached = useCanvas(({ live }) =>
    subtree(live, workspace.id).filter((each) => each.desired_state !== 'paused'),
  )
  const open = useCanvas(({ live }) => reached.flatMap(({ id }) => openTasks(live, id)))
  const running = open.filter(isRunning).length
  const pause = useAction(async ({ client }) => {
    await client.workspaces.pause(workspace.id)
    setAsking(false)
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
function Resume({ workspace }: { workspace: Workspace }) {
  const [asking, setAsking] = useState(false)
  const cause = useCanvas(({ live }) =>
    workspace.paused_by === null || workspace.paused_by === workspace.id
      ? undefined
      : live.workspaces.byId.get(workspace.paused_by),
  )
  const reached = useCanvas(({ live }) =>
    subtree(live, workspace.id).filter(
      ({ id, paused_by }) => id === workspace.id || paused_by === workspace.id,
    ),
  )
  const resume = useAction(async ({ client }) => {
    await client.workspaces.resume(workspace.id)
    setAsking(false)
  })
  return (
    <div className="action">
      <p>{cause ? text.about.pausedBy(cause.name) : resumeHint(workspace)}</p>
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

const isElsewhere = ({ backend }: Workspace) => backend === 'external'

const resumeHint = (workspace: Workspace) =>
  isElsewhere(workspace) ? text.about.resumeHintElsewhere : text.about.resumeHint
