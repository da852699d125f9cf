import { type ReactNode, useId } from 'react'

export type Wiring = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }

type Props = {
  label: string
  hint?: ReactNode
  /** What is wrong with what stands there now. */
  problem?: string | undefined
  /** What mends it at once. */
  fix?: ReactNode
  children: (wiring: Wiring) => ReactNode
}

/** A labelled input with its explanation, or with what is wrong with it. */
export function Field({ label, hint, problem, fix, children }: Props) {
  const id = useId()
  const noteId = `${id}-note`
  const note = problem ?? hint
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': note ? noteId : undefined,
        'aria-invalid': problem !== undefined,
      })}
      <p id={noteId} className={problem ? 'field-problem' : 'field-hint'} aria-live="polite">
        {note}
      </p>
      {fix}
    </div>
  )
}
