import type { CreatedWorkspace } from '@molecule/contract/registry'
import { useState } from 'react'
import { home } from '../lib/place.ts'
import { LoadedList } from '../ui/LoadedList.tsx'
import { Modal } from '../ui/Modal.tsx'
import { useCanvasPlace, useGo } from '../use-services.ts'
import { createText as words } from './create-text.ts'
import { Joining } from './Joining.tsx'
import { NewWorkspaceForm } from './NewWorkspaceForm.tsx'
import { useOffers } from './use-offers.ts'

type Props = {
  /** Whom it reports to, where that was chosen before. */
  parentId?: string | undefined
  onClose: () => void
}

/** Asks what a new workspace is, and shows it; of one that runs elsewhere, how its agent joins. */
function NewWorkspaceDialog({ parentId, onClose }: Props) {
  const offers = useOffers()
  const place = useCanvasPlace()
  const go = useGo()
  const [joins, setJoins] = useState<CreatedWorkspace>()
  const show = ({ id }: CreatedWorkspace) => {
    onClose()
    go({ ...home, view: place.view, selected: id })
  }
  const onCreated = (made: CreatedWorkspace) => (made.connection ? setJoins(made) : show(made))
  if (joins) return <Joining made={joins} onDone={() => show(joins)} />
  return (
    <Modal title={words.title} onClose={onClose}>
      <LoadedList of={offers} failed={words.failed} loading={words.loading}>
        {(found) => (
          <NewWorkspaceForm
            offers={found}
            parentId={parentId}
            onCreated={onCreated}
            onClose={onClose}
          />
        )}
      </LoadedList>
    </Modal>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy reads the default export.
export default NewWorkspaceDialog
