import { useEffect, useRef } from 'react'
import { Field } from '../ui/Field.tsx'
import { createText as words } from './create-text.ts'
import type { DraftField } from './draft-field.ts'

/** Where a name is taken, one that is free is a click away. */
export function NameField({ draft, set, problemAt, freeName }: DraftField & FreeName) {
  const problem = problemAt('name')
  const input = useRef<HTMLInputElement>(null)
  // The dialog is open before there is anything in it that could have the focus.
  useEffect(() => input.current?.focus(), [])
  return (
    <Field
      label={words.name}
      problem={problem}
      fix={
        problem &&
        freeName && (
          <button
            type="button"
            className="button button-small field-fix"
            onClick={() => set({ name: freeName })}
          >
            {words.takeName(freeName)}
          </button>
        )
      }
    >
      {(wiring) => (
        <input
          {...wiring}
          ref={input}
          className="input"
          required
          maxLength={255}
          autoComplete="off"
          spellCheck={false}
          value={draft.name}
          onChange={({ target }) => set({ name: target.value })}
        />
      )}
    </Field>
  )
}

type FreeName = { freeName: string | undefined }
