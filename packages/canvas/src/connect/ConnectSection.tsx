import type { Connection } from '@molecule/contract/registry'
import type { Workspace } from '@molecule/contract/workspace'
import { useState } from 'react'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { LoadedList } from '../ui/LoadedList.tsx'
import { Modal } from '../ui/Modal.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'
import { useLoad } from '../use-load.ts'
import { ConnectView } from './ConnectView.tsx'
import { connectText as words } from './connect-text.ts'

/** Of an agent that runs elsewhere: how it joins, and a new credential for it. */
export function ConnectSection({ workspace }: { workspace: Workspace }) {
  const [isShown, setIsShown] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const [rotated, setRotated] = useState<Connection>()
  const rotate = useAction(async ({ client }) => {
    setRotated(await client.registry.rotate(workspace.id))
    setIsAsking(false)
    setIsShown(true)
  })
  return (
    <section className="section">
      <h3>{words.title}</h3>
      <p className="faint">{words.lead}</p>
      <div className="toolbar">
        <ActionButton right="tokens:read" icon="plug" small onClick={() => setIsShown(true)}>
          {words.show}
        </ActionButton>
        <ActionButton right="tokens:write" icon="refresh" small onClick={() => setIsAsking(true)}>
          {words.rotate}
        </ActionButton>
      </div>
      {isAsking && (
        <ConfirmDialog
          title={words.rotateTitle(workspace.name)}
          confirm={words.rotate}
          danger
          busy={rotate.busy}
          onConfirm={() => void rotate.run()}
          onClose={() => setIsAsking(false)}
        >
          <p>{words.rotateBody}</p>
          <ErrorNote error={rotate.error} />
        </ConfirmDialog>
      )}
      {isShown && (
        <ConnectDialog
          workspace={workspace}
          told={rotated}
          onClose={() => {
            setIsShown(false)
            setRotated(undefined)
          }}
        />
      )}
    </section>
  )
}

type Props = {
  workspace: Workspace
  /** With its token, right after it was made. */
  told: Connection | undefined
  onClose: () => void
}

function ConnectDialog({ workspace, told, onClose }: Props) {
  const connection = useLoad(
    `connection ${workspace.id}`,
    told?.auth_token ?? '',
    async ({ client }, signal) => told ?? client.registry.connection(workspace.id, { signal }),
  )
  return (
    <Modal title={words.dialogTitle(workspace.name)} wide onClose={onClose}>
      <div className="dialog-body">
        <LoadedList of={connection} failed={words.failed} loading={words.loading}>
          {(found) => <ConnectView connection={found} workspace={workspace} />}
        </LoadedList>
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text.common.close}
        </button>
      </div>
    </Modal>
  )
}
