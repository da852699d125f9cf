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

export function RestartAction({
  workspace,
  onDone,
}: Partial<VerbProps> & Pick<VerbProps, 'workspace'>) {
  const [asking, setAsking] = useState(false)
  const [resets, setResets] = useState(false)
  const open = useCanvas(({ live }) => openTasks(live, workspace.id))
  const running = open.filter(isRunning).length
  const queued = open.length - running
  const restart = useAction(async ({ client, store }) => {
    const options = resets ? { reset_session: true } : {}
    const after = await client.workspaces.restart(workspace.id, {}, options)
    store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', workspaces: [after] }) }))
    setAsking(false)
    onDone?.({ title: text.verbs.restarts })
  })
  return (
    <div className="action">
      <p>{text.about.restartHint}</p>
      <ActionButton right="workspaces:write" icon="retry" onClick={() => setAsking(true)}>
        {text.about.restart}
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={text.about.restartTitle(workspace.name)}
          confirm={text.about.restart}
          busy={restart.busy}
          onConfirm={() => void restart.run()}
          onClose={() => setAsking(false)}
        >
          <p>{running > 0 ? text.about.restartBusy(running) : text.about.restartIdle}</p>
          <label className="choice">
            <input
              type="checkbox"
              checked={resets}
              onChange={(event) => setResets(event.target.checked)}
            />
            {text.about.resetSession}
          </label>
          {queued > 0 && <p>{text.about.restartQueue(queued)}</p>}
          <ErrorNote error={restart.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}
