import type { ReactNode } from 'react'
import { text } from '../strings.ts'
import { Icon } from './Icon.tsx'
import { ErrorNote } from './ProblemNote.tsx'

type Props = {
  submit: string
  busy: boolean
  error: unknown
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

/** The inside of a dialog that asks for something. A failure keeps everything that was typed. */
export function DialogForm({ submit, busy, error, onSubmit, onClose, children }: Props) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      <div className="dialog-body form">
        {children}
        <ErrorNote error={error} />
      </div>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {text.common.cancel}
        </button>
        <button type="submit" className="button button-primary" disabled={busy}>
          {busy && <Icon name="working" spin />}
          {submit}
        </button>
      </div>
    </form>
  )
}
