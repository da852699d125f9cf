import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import type { ConfigDraft } from './config-draft.ts'
import { configText as words } from './config-text.ts'

type Props = {
  title: string
  confirm: string
  draft: ConfigDraft
  onDiscard: () => void
  onClose: () => void
}

/** Names what would be lost. */
export const DiscardDialog = ({ title, confirm, draft, onDiscard, onClose }: Props) => (
  <ConfirmDialog
    title={title}
    confirm={confirm}
    danger
    busy={false}
    onConfirm={() => {
      onDiscard()
      onClose()
    }}
    onClose={onClose}
  >
    <p>{words.discardBody(Object.keys(draft.changes))}</p>
  </ConfirmDialog>
)
