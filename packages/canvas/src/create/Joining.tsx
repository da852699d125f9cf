import type { CreatedWorkspace } from '@molecule/contract/registry'
import { ConnectView } from '../connect/ConnectView.tsx'
import { Modal } from '../ui/Modal.tsx'
import { useCanvas } from '../use-services.ts'
import { createText as words } from './create-text.ts'

/** Esc does not close it: its token is shown only here. */
export function Joining({ made, onDone }: { made: CreatedWorkspace; onDone: () => void }) {
  const workspace = useCanvas(({ live }) => live.workspaces.byId.get(made.id)) ?? made
  return (
    <Modal title={words.connectTitle(made.name)} wide locked onClose={onDone}>
      <div className="dialog-body">
        {made.connection && <ConnectView connection={made.connection} workspace={workspace} />}
      </div>
      <div className="dialog-actions">
        <button type="button" className="button button-primary" onClick={onDone}>
          {words.done}
        </button>
      </div>
    </Modal>
  )
}
