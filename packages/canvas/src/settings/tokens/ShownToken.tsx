import { CopyField } from '../../ui/CopyField.tsx'
import { Modal } from '../../ui/Modal.tsx'
import { settingsText } from '../settings-text.ts'

const words = settingsText.tokens

type Props = { name: string; token: string; onClose: () => void }

/** The only time a token is shown. Only its own button closes it. */
export function ShownToken({ name, token, onClose }: Props) {
  return (
    <Modal title={words.shownTitle(name)} locked onClose={onClose}>
      <div className="dialog-body form">
        <p className="warning">{words.shownOnce}</p>
        <CopyField label={words.shown} value={token} />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {words.stored}
        </button>
      </div>
    </Modal>
  )
}
