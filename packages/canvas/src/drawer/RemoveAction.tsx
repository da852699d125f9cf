import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { home } from '../lib/place.ts'
import { openTasks, subtree } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useCanvas } from '../use-services.ts'
import { Names } from './Names.tsx'
import { PurgeChoice } from './PurgeChoice.tsx'

export function RemoveAction({ workspace }: { workspace: Workspace }) {
  const [asking, setAsking] = useState(false)
  const [purge, setPurge] = useState(false)
  const gone = useCanvas(({ live }) => subtree(live, workspace.id))
  const work = useCanvas(({ live }) =>
    gone.reduce((sum, { id }) => sum + openTasks(live, id).length, 0),
  )
  const remove = useAction(async ({ client, router }) => {
    await client.workspaces.remove(workspace.id, { confirm: true, purge })
    router.go(home)
  })
  return (
    <div className="action">
      <p>
        {workspace.backend === 'external' ? text.about.removeHintElsewhere : text.about.removeHint}
      </p>
      <ActionButton
        right="workspaces:write"
        icon="trash"
        look="danger-quiet"
        onClick={() => setAsking(true)}
      >
        {text.about.remove}
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={text.about.removeTitle(workspace.name)}
          confirm={text.about.removeConfirm(gone.length)}
          danger
          busy={remove.busy}
          onConfirm={() => void remove.run()}
          onClose={() => setAsking(false)}
        >
          <p>{gone.length > 1 ? text.about.removeTeam(gone.length) : text.about.removeAlone}</p>
          {gone.length > 1 && <Names of={gone} />}
          {work > 0 && <p>{text.about.removeWork(work)}</p>}
          <PurgeChoice value={purge} onChange={setPurge} />
          <ErrorNote error={remove.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}
