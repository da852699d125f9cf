import { useState } from 'react'
import { isRunning } from '../state/live-state.ts'
import { reduce } from '../state/reduce.ts'
import { openTasks } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useCanvas } from '../use-services.ts'
import type { VerbProps } from './Outcome.tsx'

/** A paused workspace is stopped already, so it can neither fall asleep nor wake. */
export function SleepAction({ workspace, onDone }: VerbProps) {
  if (workspace.desired_state === 'hibernated')
    return <Wake workspace={workspace} onDone={onDone} />
  return workspace.desired_state === 'running' ? (
    <Sleep workspace={workspace} onDone={onDone} />
  ) : null
}

function Sleep({ workspace, onDone }: VerbProps) {
  const [asking, setAsking] = useState(false)
  const open = useCanvas(({ live }) => openTasks(live, workspace.id))
  const running = open.filter(isRunning).length
  const sleep = useAction(async ({ client }) => {
    const force = open.length > 0
    const after = await client.workspaces.hibernate(workspace.id, { force })
    setAsking(false)
    onDone({
      title: after.status === 'hibernated' ? text.verbs.asleep : text.verbs.goesToSleep,
      detail: text.verbs.sleepWork(after.interrupted_tasks, after.queued_tasks),
    })
  })
  return (
    <div className="action">
      <p>{text.about.sleepHint}</p>
      <ActionButton right="workspaces:write" icon="moon" onClick={() => setAsking(true)}>
        {text.about.sleep}
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={text.about.sleepTitle(workspace.name)}
          confirm={text.about.sleep}
          busy={sleep.busy}
          onConfirm={() => void sleep.run()}
          onClose={() => setAsking(false)}
        >
          <p>{text.about.sleepBody}</p>
          {running > 0 && <p>{text.about.sleepBusy(running)}</p>}
          {open.length > running && <p>{text.about.sleepQueue(open.length - running)}</p>}
          <ErrorNote error={sleep.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}

function Wake({ workspace, onDone }: VerbProps) {
  const wake = useAction(async ({ client, store }) => {
    const after = await client.workspaces.wake(workspace.id)
    store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', workspaces: [after] }) }))
    onDone({ title: text.verbs.wakes })
  })
  return (
    <div className="action">
      <p>{text.about.wakeHint}</p>
      <ActionButton
        right="workspaces:write"
        icon="start"
        busy={wake.busy}
        onClick={() => void wake.run()}
      >
        {text.about.wake}
      </ActionButton>
      <ErrorNote error={wake.error} />
    </div>
  )
}
