import type { Config } from '@molecule/contract/config'
import { useState } from 'react'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { DiffView } from '../ui/DiffView.tsx'
import { pathsThatDiffer } from '../ui/diff-lines.ts'
import { LoadedList } from '../ui/LoadedList.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useLoad } from '../use-load.ts'
import { configText as words } from './config-text.ts'

type Props = { version: number; config: Config; onRestored: () => void }

export function RestoreButton(props: Props) {
  const { version } = props
  const [isAsking, setIsAsking] = useState(false)
  return (
    <>
      <ActionButton
        right="workspaces:write"
        icon="retry"
        small
        label={words.restoreOf(version)}
        onClick={() => setIsAsking(true)}
      >
        {words.restore}
      </ActionButton>
      {isAsking && <RestoreDialog {...props} onClose={() => setIsAsking(false)} />}
    </>
  )
}

/** Shows what would change before it does. */
function RestoreDialog({ version, config, onRestored, onClose }: Props & { onClose: () => void }) {
  const { workspace_id: workspace, revision: base, files } = config
  const former = useLoad(`config ${workspace} ${version}`, '', ({ client }, signal) =>
    client.config.version(workspace, version, { signal }),
  )
  const restore = useAction(async ({ client }) => {
    await client.config.restore({ workspace, version }, { base })
    onClose()
    onRestored()
  })
  return (
    <ConfirmDialog
      title={words.restoreTitle(version)}
      confirm={words.restore}
      wide
      busy={restore.busy}
      onConfirm={() => void restore.run()}
      onClose={onClose}
    >
      <p>{words.restoreBody}</p>
      <LoadedList of={former} failed={words.failed} loading={words.loading}>
        {(found) => (
          <>
            <p>{words.restoreChanges}</p>
            <DiffView
              before={files}
              after={found.files}
              paths={pathsThatDiffer(files, found.files)}
            />
          </>
        )}
      </LoadedList>
      <ErrorNote error={restore.error} />
    </ConfirmDialog>
  )
}
