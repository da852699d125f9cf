import { useState } from 'react'
import { openTasks, subtree } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useCanvas } from '../use-services.ts'
import { Names } from './Names.tsx'
import type { VerbProps } from './Outcome.tsx'
import { PurgeChoice } from './PurgeChoice.tsx'

/** Removes everything below; only where there is something. */
export function RemoveTeamAction({ workspace, onDone }: VerbProps) {
  const [asking, setAsking] = useState(false)
  const [purge, setPurge] = useState(false)
  const gone = useCanvas(({ live }) =>
    subtree(live, workspace.id).filter(({ id }) => id !== workspace.id),
  )
  const work = useCanvas(({ live }) =>
    gone.reduce((sum, { id }) => sum + openTasks(live, id).length, 0),
  )
  const collapse = useAction(async ({ client }) => {
    const named = new Map(gone.map(({ id, name }) => [id, name]))
    const { removed } = await client.workspaces.collapse(workspace.id, { confirm: true, purge })
    setAsking(false)
    setPurge(false)
    onDone({
      title: text.verbs.removed(removed.length),
      targets: removed.map((id) => ({
        id,
        name: named.get(id) ?? text.common.unknownWorkspace,
        detail: text.verbs.removedDetail,
      })),
    })
  })
  if (gone.length === 0) return null
  return (
    <div className="action">
      <p>{text.about.removeTeamHint(gone.length)}</p>
      <ActionButton
        right="workspaces:write"
        icon="team"
        look="danger-quiet"
        onClick={() => setAsking(true)}
      >
        {text.about.removeTeamOnly}
      </ActionButton>
      {asking && (
        <ConfirmDialog
          title={text.about.removeTeamTitle(workspace.name)}
          confirm={text.about.removeConfirm(gone.length)}
          danger
          busy={collapse.busy}
          onConfirm={() => void collapse.run()}
          onClose={() => setAsking(false)}
        >
          <p>{text.about.removeTeam(gone.length)}</p>
          <Names of={gone} />
          {work > 0 && <p>{text.about.removeWork(work)}</p>}
          <PurgeChoice value={purge} onChange={setPurge} />
          <ErrorNote error={collapse.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}
