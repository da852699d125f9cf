import type { ReactNode } from 'react'
import { text } from '../strings.ts'
import { Icon } from './Icon.tsx'
import { Modal } from './Modal.tsx'

type Props = {
  title: string
  confirm: string
  danger?: boolean
  wide?: boolean
  busy: boolean
  /** False while what will happen is not known yet. */
  ready?: boolean
  onConfirm: () => void
  onClose: () => void
  children: ReactNode
}

/** Says what will happen before it does. Esc and the first focus are on the harmless side. */
export function ConfirmDialog(props: Props) {
  const { title, confirm, danger = false, wide = false, busy, ready = true } = props
  const { onConfirm, onClose, children } = props
  return (
    <Modal title={title} wide={wide} onClose={onClose}>
      <div className="dialog-body">{children}</div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text.common.cancel}
        </button>
        <button
          type="button"
          className={danger ? 'button button-danger' : 'button button-primary'}
          disabled={busy || !ready}
          onClick={onConfirm}
        >
          {busy && <Icon name="working" spin />}
          {confirm}
        </button>
      </div>
    </Modal>
  )
}
