import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react'

type Props = {
  title: string
  /** Esc does not close it: what it shows is shown once. */
  locked?: boolean
  wide?: boolean
  onClose: () => void
  children: ReactNode
}

/** A dialog above the page. When it goes, the focus returns to where it was. */
export function Modal({ title, locked = false, wide = false, onClose, children }: Props) {
  const titleId = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement) opener.focus()
    }
  }, [])
  const onKeyDown = (event: KeyboardEvent) => {
    if (locked && event.key === 'Escape') event.preventDefault()
  }
  return (
    <dialog
      ref={dialog}
      className={wide ? 'dialog dialog-wide' : 'dialog'}
      aria-labelledby={titleId}
      onKeyDown={onKeyDown}
      onClose={onClose}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  )
}
